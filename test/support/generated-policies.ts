/** Generated policy documents: small names, so that things meet. */
import * as fc from 'fast-check';
import type { Doc, Json } from './naive-request.ts';
import { A, B } from './world.ts';

const actionPatterns = fc.constantFrom(
  '*',
  '*:*',
  's3:*',
  'S3:getobject',
  's3:Get*',
  's3:?utObject',
  'sqs:*',
  'kms:*',
  'sts:*',
  'iam:PassRole',
  's*:*',
  's3:Get Object',
  'nonsense',
  '',
  's3:Get:Object',
  'sts:AssumeRole',
  'iam:List*',
  'sns:ListTopics',
  'ec2:*',
);

const resourcePatterns = fc.constantFrom(
  '*',
  '**',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::B/*',
  'arn:aws:s3:::b/${aws:username}/*',
  "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*",
  'arn:aws:s3:::b/a${*}b',
  'arn:aws:s3:::*/x',
  'arn:aws:s3:::b/?',
  'arn:AWS:S3:::b/x',
  'arn:*:s3:::b/x',
  'arn:aws:sqs:*:*:q',
  'arn:aws:sqs:us-east-1:*',
  'arn:aws:sqs',
  `arn:aws:kms:*:${A}:key/*`,
  `arn:aws:iam::${A}:role/*`,
  `arn:aws:iam::*:role/team/App`,
  'foo',
  'arn:aws:s3:::*',
  'arn:aws:s3:::b',
  'arn:aws:s3:*/x',
  'arn:aws:sqs:*:q',
  'arn:aws:*',
  `arn:aws:iam::${A}:user/*`,
  `arn:aws:iam::*:role/`,
  `arn:aws:sns:us-east-1:${A}:*`,
  `arn:aws:sns:eu-*:*:*`,
  'arn:aws:sns:*:*:*',
  'arn:aws:s3:::b/${aws:userid}/*',
);

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
const oneOrMore = (of: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc.oneof(of, fc.array(of, { minLength: 1, maxLength: 3 }));
/** In place of one of a list, now and then, what no policy can say there. */
const orUnreadable = (of: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
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

const conditionBlock = fc.array(conditions, { maxLength: 2 }).map((list) => Object.assign({}, ...list) as Doc);

export const namedPrincipals: fc.Arbitrary<Json> = fc.oneof(
  fc.constant<Json>('*'),
  fc
    .array(
      fc.constantFrom(
        '*',
        A,
        B,
        `arn:aws:iam::${A}:root`,
        `arn:aws-cn:iam::${A}:root`,
        `arn:aws:iam::${A}:user/alice`,
        `arn:aws:iam::${B}:user/alice`,
        `arn:aws:iam::${A}:role/team/App`,
        `arn:aws:sts::${A}:assumed-role/App/s1`,
        `arn:aws:sts::${A}:federated-user/fed`,
        `AIDAALICE${A}`,
        `AROAAPP${A}`,
        `arn:aws:iam::${A}:group/g`,
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((AWS) => ({ AWS })),
  fc.constant<Json>({ Service: 'sns.amazonaws.com' }),
  fc.constantFrom<Json>(
    'alice',
    A,
    { Service: 'sns' },
    { Service: '*' },
    { AWS: 'alice' },
    { AWS: [A, 'arn:aws:iam::1234567890:root'] },
    { AWS: `arn:aws:iam::${B}:role/*` },
    { Aws: A },
  ),
);

/** As AWS advises: the account, and who in it; with more, or with one of them left out. */
const sparedPrincipals: fc.Arbitrary<Json> = fc
  .tuple(
    fc.constantFrom([], [A], [`arn:aws:iam::${A}:root`], [B]),
    fc.constantFrom(
      [],
      [`arn:aws:iam::${A}:user/alice`],
      [`arn:aws:iam::${A}:role/team/App`],
      [`arn:aws:sts::${A}:assumed-role/App/s1`],
      [`arn:aws:iam::${A}:role/team/App`, `arn:aws:sts::${A}:assumed-role/App/s1`],
      [`arn:aws:sts::${A}:federated-user/fed`],
      [`arn:aws:iam::${A}:user/alice`, `arn:aws:sts::${A}:federated-user/fed`],
    ),
  )
  .map(([account, who]) => [...account, ...who])
  .filter((all) => all.length > 0)
  .map((AWS) => ({ AWS }));

const principalElement: fc.Arbitrary<readonly ['Principal' | 'NotPrincipal', Json]> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('Principal' as const), namedPrincipals) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('NotPrincipal' as const), namedPrincipals) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('NotPrincipal' as const), sparedPrincipals) },
);

export type StatementKind = 'own' | 'resource' | 'trust' | 'rcp';

function statements(kind: StatementKind): fc.Arbitrary<Doc> {
  return fc
    .record({
      effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      action: fc.tuple(
        fc.constantFrom('Action', 'Action', 'Action', 'NotAction'),
        orUnreadable(oneOrMore(actionPatterns)),
      ),
      resource: fc.tuple(
        fc.constantFrom('Resource', 'Resource', 'Resource', 'NotResource'),
        orUnreadable(oneOrMore(resourcePatterns)),
      ),
      principal: principalElement,
      condition: fc.option(conditionBlock, { nil: null }),
    })
    .map(({ effect, action, resource, principal, condition }) => ({
      Effect: effect,
      [action[0]]: action[1],
      ...(kind === 'trust' ? {} : { [resource[0]]: resource[1] }),
      ...(kind === 'own' ? {} : kind === 'rcp' ? { Principal: '*' } : { [principal[0]]: principal[1] }),
      ...(condition === null ? {} : { Condition: condition }),
    }));
}

export function documents(kind: StatementKind): fc.Arbitrary<Doc> {
  return fc
    .tuple(
      fc.constantFrom('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'),
      fc.array(statements(kind), { minLength: 1, maxLength: 3 }),
    )
    .map(([Version, Statement]) => ({ Version, Statement }));
}

export const FULL_ACCESS: Doc = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
