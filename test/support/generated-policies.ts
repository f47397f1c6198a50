/** Generated policy documents: small names, so that things meet. */
import * as fc from 'fast-check';
import { conditionBlock, oneOrMore, orUnreadable } from './generated-conditions.ts';
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
  'orders:*',
  'Orders:Get*',
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
  'arn:aws:orders:*:*:order/*',
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
