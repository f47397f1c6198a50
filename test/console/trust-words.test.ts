import { describe, expect, test } from 'vitest';
import { trustInWords } from '../../src/console/trust-words.ts';

const allow = (rest: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...rest }],
});

describe('a trust policy in words', () => {
  test.each<readonly [string, object, string]>([
    ['an account', { Principal: { AWS: '111111111111' } }, 'Whomever the account 111111111111 lets may assume it.'],
    [
      'its root, under a condition',
      {
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Condition: { StringEquals: { 'aws:PrincipalTag/team': ['analytics', 'data'] } },
      },
      'Whomever the account 111111111111 lets may assume it, if aws:PrincipalTag/team is analytics or data.',
    ],
    [
      'a user, a role and a service',
      {
        Principal: {
          AWS: ['arn:aws:iam::111111111111:user/team/alice', 'arn:aws:iam::222222222222:role/Hop'],
          Service: 'ec2.amazonaws.com',
        },
      },
      'The user alice of 111111111111, the role Hop of 222222222222 and the service ec2.amazonaws.com may assume it.',
    ],
    [
      'a provider, with tags',
      {
        Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/token.example.com' },
        Condition: { 'ForAnyValue:StringLikeIfExists': { 'token.example.com:sub': 'repo:*' } },
      },
      'Whoever token.example.com vouches for may assume it with a token of a provider and pass session tags, if a value of token.example.com:sub is like repo:*, or is not there.',
    ],
    [
      'a denial to everybody, with two conditions that both must hold',
      {
        Effect: 'Deny',
        Principal: '*',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' }, Null: { 'sts:ExternalId': 'true' } },
      },
      'Anybody may not assume it, if aws:MultiFactorAuthPresent is false and sts:ExternalId is not there.',
    ],
    [
      'everybody but',
      { Effect: 'Deny', NotPrincipal: { AWS: 'arn:aws:iam::111111111111:user/alice' } },
      'Everybody but the user alice of 111111111111 may not assume it.',
    ],
    [
      'what has no words stands as it is',
      { Action: 'sts:Other', Principal: { CanonicalUser: '<b>79a5' }, Condition: { Strange: { key: 1 } } },
      '<b>79a5 may do sts:Other, if key Strange 1.',
    ],
    [
      'an effect that is meant as Allow and cannot be read',
      { Effect: 'allow', Principal: '*' },
      'Its effect allow cannot be read: it lets nobody in.',
    ],
    [
      'an effect that could be a denial',
      { Effect: 'Maybe', Principal: { AWS: '111111111111' } },
      'Its effect Maybe cannot be read, and counts as Deny: Whomever the account 111111111111 lets may not assume it.',
    ],
    [
      'no effect',
      { Effect: undefined, Principal: '*' },
      'It has no effect, and counts as Deny: Anybody may not assume it.',
    ],
    ['no action', { Action: undefined, Principal: '*' }, 'It names no action: it lets nobody in.'],
    ['no action denied', { Effect: 'Deny', Action: undefined, Principal: '*' }, 'Anybody may not do anything.'],
  ])('%s', (_, statement, sentence) => {
    expect(trustInWords(allow(statement))).toEqual([sentence]);
  });

  test('a statement that is no list, and what is no policy', () => {
    const statement = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
    expect(trustInWords({ Statement: statement })).toEqual(['Anybody may assume it.']);
    expect(trustInWords('nothing')).toEqual([]);
    expect(trustInWords(null)).toEqual([]);
  });
});
