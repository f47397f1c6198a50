/** Generated condition blocks: few keys and values, so that things meet. */
import * as fc from 'fast-check';
import type { Doc, Json } from './naive-request.ts';
import { A, B } from './world.ts';

export const values = fc.constantFrom(
  'red',
  'blue',
  're*',
  '${aws:PrincipalTag/team}',
  '${aws:username}',
  '${nosuch:key}',
  '',
  'Red',
);
export const arns = fc.constantFrom(
  `arn:aws:iam::${A}:user/alice`,
  `arn:aws:iam::${A}:role/team/App`,
  `arn:aws:iam::*:role/*`,
  'arn:aws:iam:*:alice',
  '*',
  'x',
  `arn:aws:iam::\${aws:PrincipalAccount}:user/alice`,
);
export const oneOrMore = (of: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc.oneof(of, fc.array(of, { minLength: 1, maxLength: 3 }));
/** In place of one of a list, now and then, what no policy can say there. */
export const orUnreadable = (of: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.oneof(
    { weight: 15, arbitrary: of },
    { weight: 1, arbitrary: fc.constantFrom<Json>(7, null, ['*', {}], [true, '*']) },
  );
const prefix = fc.constantFrom('', '', '', 'ForAnyValue:', 'ForAllValues:');
const suffix = fc.constantFrom('', '', 'IfExists');

const operation = (
  operators: readonly string[],
  keys: readonly string[],
  of: fc.Arbitrary<string>,
): fc.Arbitrary<Record<string, Json>> =>
  fc
    .tuple(prefix, fc.constantFrom(...operators), suffix, fc.constantFrom(...keys), oneOrMore(of))
    .map(([before, operator, after, key, value]) => ({ [`${before}${operator}${after}`]: { [key]: value } }));

/** Operators that do not exist, and values that are of no operator's type. */
const unreadableConditions = fc.oneof(
  operation(
    [
      'StringEqual',
      'StringMatches',
      'NumericEqual',
      'DateBefore',
      'IpAddresses',
      'Arn',
      'BoolEquals',
      'NullIfExists',
      '',
    ],
    ['aws:username', 'aws:SourceIp', 's3:max-keys', 'aws:PrincipalArn'],
    fc.constantFrom('red', '10', 'true'),
  ),
  fc.constantFrom<Record<string, Json>>(
    { 'ForSomeValue:StringEquals': { 'aws:TagKeys': 'red' } },
    { Null: { 'aws:username': 'maybe' } },
    { StringEquals: { 'aws:username': ['alice', { a: 1 }] } },
    { StringEquals: { 'aws:username': null } },
    { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '10.0.0.0/33'] } },
    { NotIpAddress: { 'aws:SourceIp': '1.2.3' } },
    { IpAddress: { 'aws:SourceIp': '2001:db8::/32' } },
  ),
);

/** What tells the sessions of a role apart. */
const userIds = fc.constantFrom(
  `AROAAPP${A}:s1`,
  `AROAAPP${A}:s?`,
  `AROAAPP${A}:*`,
  `AROAAPP${B}:*`,
  `AROA*:s1`,
  '*:s1',
  '*',
  `AIDAALICE${A}`,
);

const conditions: fc.Arbitrary<Record<string, Json>> = fc.oneof(
  unreadableConditions,
  operation(['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'], ['aws:userid'], userIds),
  operation(['StringEquals', 'StringNotEquals'], ['kms:CallerAccount', 's3:ResourceAccount'], fc.constantFrom(A, B)),
  operation(
    ['StringEquals', 'StringNotEquals', 'StringLike'],
    ['aws:RequestedRegion', 'ec2:Region'],
    fc.constantFrom('us-east-1', 'eu-west-1', 'us-*'),
  ),
  operation(['Bool'], ['aws:ViaAWSService', 'aws:SecureTransport'], fc.constantFrom('true', 'false')),
  operation(
    [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    [
      'aws:PrincipalTag/team',
      'aws:RequestTag/team',
      'aws:ResourceTag/team',
      'aws:username',
      'aws:TagKeys',
      'aws:UserId',
      'aws:PrincipalType',
      'aws:SourceIdentity',
    ],
    values,
  ),
  operation(['ArnEquals', 'ArnLike', 'ArnNotLike', 'ArnNotEquals'], ['aws:PrincipalArn', 'aws:SourceArn'], arns),
  operation(
    ['StringEquals', 'StringNotEquals'],
    ['aws:PrincipalOrgID', 'aws:ResourceOrgID', 'aws:PrincipalAccount', 'aws:ResourceAccount'],
    fc.constantFrom('o-exampleorg1', A, B),
  ),
  operation(['StringLike', 'StringNotLike'], ['aws:PrincipalOrgPaths'], fc.constantFrom('o-exampleorg1/*', 'o-2/*')),
  operation(
    ['IpAddress', 'NotIpAddress'],
    ['aws:SourceIp'],
    fc.constantFrom('10.0.0.0/8', '10.1.2.3', '0.0.0.0/0', 'x'),
  ),
  operation(
    ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEquals'],
    ['s3:max-keys', 'aws:MultiFactorAuthAge'],
    fc.constantFrom('10', '10.0', '5', 'x'),
  ),
  operation(
    ['DateLessThan', 'DateGreaterThan', 'DateNotEquals'],
    ['aws:CurrentTime', 'aws:TokenIssueTime', 'aws:EpochTime'],
    fc.constantFrom('2026-11-01T00:00:00Z', '1793491200', '2027-01-01T00:00:00Z', 'x'),
  ),
  operation(
    ['Bool'],
    ['aws:PrincipalIsAWSService', 'aws:MultiFactorAuthPresent'],
    fc.constantFrom('true', 'false', 'TRUE', 'x'),
  ),
  operation(['BinaryEquals'], ['k:bytes'], fc.constantFrom('QQ==', 'QR==', 'QUI=', 'x!')),
  fc
    .tuple(
      fc.constantFrom(
        'aws:username',
        'aws:userid',
        'aws:TagKeys',
        'aws:SourceIp',
        'aws:MultiFactorAuthPresent',
        'aws:MultiFactorAuthAge',
        'aws:ViaAWSService',
        'aws:RequestedRegion',
        'kms:CallerAccount',
      ),
      fc.boolean(),
    )
    .map(([key, absent]) => ({ Null: { [key]: absent } })),
);

export const conditionBlock = fc.array(conditions, { maxLength: 2 }).map((list) => Object.assign({}, ...list) as Doc);
