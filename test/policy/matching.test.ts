/** Action and Resource, one rule a row, each with the page that states it. */
import { describe, expect, test } from 'vitest';
import { actionMatches, readActionPattern } from '../../src/policy/action-pattern.ts';
import { resourceText } from '../../src/policy/arn.ts';
import type { ContextValue } from '../../src/policy/context-key.ts';
import { readPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { readResourcePattern, resourceElementMatches, resourceMatches } from '../../src/policy/resource-pattern.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
describe('actions', () => {
  const covers = (entries: readonly string[], action: string, negated = false): boolean => {
    const [service = '', name = ''] = action.toLowerCase().split(':');
    const patterns = entries.map(readActionPattern).filter((one) => one !== null);
    return actionMatches({ negated, patterns }, service, name);
  };

  test.each<[entry: string, action: string, expected: boolean]>([
    ['*', 's3:GetObject', true],
    ['*:*', 's3:GetObject', true],
    ['s3:*', 's3:GetObject', true],
    ['s3:*', 's3-outposts:GetObject', false],
    ['S3:getOBJECT', 's3:GetObject', true],
    ['s3:Get?bject', 's3:GetObject', true],
    ['s3:Get?Object', 's3:GetObject', false],
    ['iam:*AccessKey*', 'iam:UpdateAccessKey', true],
    ['iam:*AccessKey*', 'iam:GetUser', false],
    ['s3:GetObject', 's3:GetObjectAcl', false],
    // The prefix is no pattern.
    ['s*:GetObject', 's3:GetObject', false],
    ['*:GetObject', 's3:GetObject', false],
    ['?3:GetObject', 's3:GetObject', false],
    // Nothing that could be an action.
    ['', 's3:GetObject', false],
    ['s3:', 's3:GetObject', false],
    [':GetObject', 's3:GetObject', false],
    ['GetObject', 's3:GetObject', false],
    ['**', 's3:GetObject', false],
    [' s3:*', 's3:GetObject', false],
    ['s3:* ', 's3:GetObject', false],
    ['s3:Get*,s3:Put*', 's3:GetObject', false],
    ['s3:*:*', 's3:GetObject', false],
    // No policy variables.
    ['s3:${k:verb}', 's3:GetObject', false],
  ])('%s covers %s: %s', (entry, action, expected) => {
    expect(covers([entry], action)).toBe(expected);
    expect(covers([entry], action, true)).toBe(!expected);
  });

  test.each(['s3:* ', 's3:Get*,s3:Put*', 's3:*,x:y', 's3:*\t'])(
    'an entry that matches nothing, in a request as odd: `%s`',
    (entry) => {
      expect(readActionPattern(entry)).toBeNull();
    },
  );

  test('NotAction with several entries covers what none of them does', () => {
    const entries = ['ec2:*', 's3:Get*', 'nonsense'];
    expect(covers(entries, 's3:GetObject', true)).toBe(false);
    expect(covers(entries, 'ec2:RunInstances', true)).toBe(false);
    expect(covers(entries, 's3:PutObject', true)).toBe(true);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
describe('resources', () => {
  const context: Readonly<Record<string, ContextValue>> = {
    'aws:username': 'alice',
    'k:star': '*',
    'aws:tagkeys': 'alice',
    'k:list': ['alice'],
  };
  const covers = (
    entries: string | readonly string[],
    arn: string,
    {
      kind = 'identity',
      Version = '2012-10-17',
      element = 'Resource',
      Effect = 'Allow',
    }: { kind?: PolicyKind; Version?: string; element?: string; Effect?: string } = {},
  ): boolean => {
    const statement = { Effect, Action: '*', [element]: entries, ...(kind === 'rcp' ? { Principal: '*' } : {}) };
    const [one] = readPolicy({ Version, Statement: [statement] }, kind).statements;
    if (one?.resources == null) throw new Error('no resources');
    const reader = { value: ({ name }: { readonly name: string }) => context[name] };
    return resourceElementMatches(one.resources, one.allows, resourceText(arn), reader);
  };

  test.each<[entry: string, arn: string, expected: boolean]>([
    ['*', '*', true],
    ['*', 'arn:aws:s3:::b', true],
    ['**', '*', true],
    ['arn:aws:s3:::*', '*', false],
    ['arn:*:*:*:*:*', '*', false],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b', false],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/', true],
    ['arn:aws:s3:::b/*.txt', 'arn:aws:s3:::b/x/y/z.txt', true],
    ['arn:aws:s3:::b/?', 'arn:aws:s3:::b/x', true],
    ['arn:aws:s3:::b/?', 'arn:aws:s3:::b/xy', false],
    ['arn:aws:s3:::B/*', 'arn:aws:s3:::b/x', false],
    ['arn:AWS:S3:::b/x', 'arn:aws:s3:::b/x', true],
    ['arn:aws:sns:US-East-1:111111111111:t', 'arn:aws:sns:us-east-1:111111111111:t', true],
    ['arn:aws:iam::111111111111:user/Alice', 'arn:aws:iam::111111111111:user/alice', false],
    ['arn:aws:s3:*:*:b', 'arn:aws:s3:::b', true],
    ['arn:aws:s3:us-east-1:*:b', 'arn:aws:s3:::b', false],
    ['arn:aws-*:s3:::b', 'arn:aws-cn:s3:::b', true],
    ['arn:aws-*:s3:::b', 'arn:aws:s3:::b', false],
    ['arn:aws:sns:us-*:111111111111:t', 'arn:aws:sns:us-east-1:111111111111:t', true],
    ['arn:aws:sns:us-east-?:111111111111:t', 'arn:aws:sns:us-east-1:111111111111:t', true],
    // The sixth part keeps its colons; a star there crosses them, elsewhere it does not.
    ['arn:aws:logs:*:*:log-group:g:*', 'arn:aws:logs:us-east-1:111111111111:log-group:g:log-stream:s', true],
    ['arn:aws:sqs:*:q', 'arn:aws:sqs:us-east-1:111111111111:q', false],
    ['arn:aws:sqs:us-east-1:*:q:*', 'arn:aws:sqs:us-east-1:111111111111:q', false],
    ['arn:aws:sns:*:t:sub:x', 'arn:aws:sns:us-east-1:111111111111:t:sub:x', false],
    ['foo', 'foo', false],
    // Variables stand behind the fifth colon; elsewhere they are text.
    ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/alice/x', true],
    ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/bob/x', false],
    ['arn:aws:s3:::${AWS:UserName}', 'arn:aws:s3:::alice', true],
    ['arn:aws:s3:${aws:username}:111111111111:b', 'arn:aws:s3:alice:111111111111:b', false],
    ['arn:${k:star}:s3:::b', 'arn:aws:s3:::b', false],
    ["arn:aws:s3:::b/${k:none, 'all'}/*", 'arn:aws:s3:::b/all/x', true],
    ["arn:aws:s3:::b/${aws:username, 'all'}/*", 'arn:aws:s3:::b/all/x', false],
    ["arn:aws:s3:::b/${k:none, '*'}", 'arn:aws:s3:::b/x', false],
    ['arn:aws:s3:::b/${k:none}', 'arn:aws:s3:::b/', false],
    ['arn:aws:s3:::b/${k:none}', 'arn:aws:s3:::b/${k:none}', false],
    ['arn:aws:s3:::b/${k:star}', 'arn:aws:s3:::b/x', false],
    ['arn:aws:s3:::b/${k:star}', 'arn:aws:s3:::b/*', true],
    ['arn:aws:s3:::b/${aws:TagKeys}', 'arn:aws:s3:::b/alice', false],
    ['arn:aws:s3:::b/${k:list}', 'arn:aws:s3:::b/alice', false],
    ['arn:aws:s3:::b/a${*}b', 'arn:aws:s3:::b/a*b', true],
    ['arn:aws:s3:::b/a${*}b', 'arn:aws:s3:::b/axb', false],
    ['arn:aws:s3:::b/a${?}b', 'arn:aws:s3:::b/a?b', true],
    ['arn:aws:s3:::b/a${?}b', 'arn:aws:s3:::b/axb', false],
    ['arn:aws:s3:::b/${$}', 'arn:aws:s3:::b/$', true],
  ])('%s covers %s: %s', (entry, arn, expected) => {
    expect(covers(entry, arn)).toBe(expected);
  });

  test.each(['2008-10-17'])('in documents of %s variables are text, and their stars wildcards', (Version) => {
    expect(covers('arn:aws:s3:::b/${aws:username}', 'arn:aws:s3:::b/${aws:username}', { Version })).toBe(true);
    expect(covers('arn:aws:s3:::b/${aws:username}', 'arn:aws:s3:::b/alice', { Version })).toBe(false);
    expect(covers('arn:aws:s3:::b/a${*}b', 'arn:aws:s3:::b/a${x}b', { Version })).toBe(true);
  });

  const QUEUE = 'arn:aws:sqs:us-east-1:111111111111:q';
  test.each<[entry: string, kinds: readonly PolicyKind[]]>([
    ['arn:aws:sqs:us-east-1:*', ['identity', 'boundary', 'session', 'resource', 'vpce', 'trust', 'scp']],
    ['arn:aws:*', ['identity', 'boundary', 'session', 'resource', 'vpce', 'trust', 'scp']],
    ['arn:aws:sqs:us-*-1', ['identity', 'boundary', 'session', 'resource', 'vpce', 'trust']],
    ['arn:aws:sqs', ['identity', 'boundary', 'session']],
    ['arn:aws:sqs:*:*:*', ['identity', 'boundary', 'session', 'resource', 'vpce', 'trust', 'scp', 'rcp']],
  ])('an ARN of too few parts, %s, is filled up in policies of some kinds alone', (entry, kinds) => {
    const all: readonly PolicyKind[] = ['identity', 'boundary', 'session', 'resource', 'vpce', 'trust', 'scp', 'rcp'];
    expect(all.filter((kind) => covers(entry, QUEUE, { kind }))).toEqual(kinds);
  });

  test('NotResource with several entries covers what none of them does', () => {
    const not = (arn: string, Effect = 'Allow') =>
      covers(['arn:aws:s3:::a/*', 'arn:aws:s3:::b/${aws:username}/*'], arn, { element: 'NotResource', Effect });
    expect([not('arn:aws:s3:::a/x'), not('arn:aws:s3:::b/alice/x'), not('arn:aws:s3:::b/bob/x'), not('*')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test('a variable without a value in NotResource: an Allow does not apply, a Deny does; a default is a value', () => {
    const not = (entry: string, Effect: string) =>
      covers(['arn:aws:s3:::a', entry], 'arn:aws:s3:::b/x', { element: 'NotResource', Effect });
    expect([not('arn:aws:s3:::b/${k:none}', 'Allow'), not('arn:aws:s3:::b/${k:none}', 'Deny')]).toEqual([false, true]);
    expect([not("arn:aws:s3:::b/${k:none, 'y'}", 'Allow'), not("arn:aws:s3:::b/${k:none, 'x'}", 'Deny')]).toEqual([
      true,
      false,
    ]);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
describe('short forms that API Gateway takes in the policy of an API', () => {
  const API = 'arn:aws:execute-api:us-east-2:123456789012:aabbccddee';
  const covers = (text: string, arn: string, kind: PolicyKind = 'resource'): boolean => {
    const pattern = readResourcePattern(text, kind, true);
    return pattern !== null && resourceMatches(pattern, resourceText(arn), { value: () => undefined }) === 'match';
  };

  test.each<[text: string, arn: string, expected: boolean]>([
    ['execute-api:/prod/GET/pets', `${API}/prod/GET/pets`, true],
    ['execute-api:prod/GET/pets', `${API}/prod/GET/pets`, true],
    ['execute-api:/prod/GET/pets', `${API}/prod/POST/pets`, false],
    ['execute-api:/prod/GET/pets', `${API}/dev/POST/prod/GET/pets`, false],
    ['execute-api:/prod/*', `${API}/prod/GET/pets/1`, true],
    ['execute-api:/*', `${API}/prod/GET/pets`, true],
    ['execute-api:/*', 'arn:aws:s3:::b/x', false],
  ])('%s covers %s: %j', (text, arn, expected) => expect(covers(text, arn)).toBe(expected));

  test('mean nothing in other policies', () => {
    expect(covers('execute-api:/prod/GET/pets', `${API}/prod/GET/pets`, 'identity')).toBe(false);
  });
});
