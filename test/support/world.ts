/** Generated requests with all their policies: small names, so that things meet. */
import * as fc from 'fast-check';
import type { PrincipalFacts, RoleFacts, UserFacts } from '../../src/evaluation/principal.ts';
import type { ActionFacts } from '../../src/evaluation/request.ts';
import type { Doc, Json, NaiveRequest } from './naive-evaluator.ts';

export const A = '111111111111';
export const B = '222222222222';
export const M = '999999999999';
export const X = '333333333333';

export const organizationOf = (account: string) =>
  account === X
    ? null
    : {
        id: 'o-exampleorg1',
        managementAccountId: M,
        path: `o-exampleorg1/r-ab12/${account === M ? '' : `ou-ab12-${account}/`}`,
      };
const inAccount = (accountId: string) => ({ accountId, partition: 'aws', organization: organizationOf(accountId) });

export const user = (account: string, name = 'alice', tags: Record<string, string> = {}): UserFacts => ({
  kind: 'user',
  ...inAccount(account),
  arn: `arn:aws:iam::${account}:user/${name}`,
  id: `AIDA${name.toUpperCase()}${account}`,
  name,
  tags,
});

export const role = (account: string, path = '/team/', tags: Record<string, string> = {}): RoleFacts => ({
  ...inAccount(account),
  arn: `arn:aws:iam::${account}:role${path}App`,
  id: `AROAAPP${account}`,
  name: 'App',
  path,
  tags,
});

export const session = (account: string, sessionName: string | null = 's1', path = '/team/'): PrincipalFacts => ({
  kind: 'roleSession',
  ...inAccount(account),
  role: role(account, path, { team: 'red' }),
  sessionName,
  tags: { Team: 'blue' },
  sourceIdentity: 'al',
  issuedAt: Date.UTC(2026, 10, 1),
});

export const federated = (account: string, issuer: UserFacts | null = user(account)): PrincipalFacts => ({
  kind: 'federatedUser',
  ...inAccount(account),
  arn: `arn:aws:sts::${account}:federated-user/fed`,
  name: 'fed',
  issuer,
  tags: { team: 'green' },
  issuedAt: Date.UTC(2026, 10, 1),
});

export const root = (account: string): PrincipalFacts => ({
  kind: 'root',
  ...inAccount(account),
  arn: `arn:aws:iam::${account}:root`,
});

const accounts = fc.constantFrom(A, A, A, B, M, X);

const principals: fc.Arbitrary<PrincipalFacts> = accounts.chain((account) =>
  fc.constantFrom<PrincipalFacts>(
    user(account, 'alice', { team: 'red' }),
    user(account, 'alice', { Team: 'red' }),
    user(account, 'bob'),
    session(account),
    session(account),
    session(account, null),
    session(account, 's1', '/aws-service-role/x.amazonaws.com/'),
    federated(account),
    federated(account, null),
    root(account),
    { kind: 'service', service: 'sns.amazonaws.com' },
    { kind: 'anonymous' },
  ),
);

export const action = (name: string, wildcardOnly = false): ActionFacts => {
  const service = name.slice(0, name.indexOf(':')).toLowerCase();
  return { name, service, wildcardOnly, resourceControlSupported: ['s3', 'sts', 'kms', 'sqs'].includes(service) };
};

const actions = fc.constantFrom(
  action('s3:GetObject'),
  action('s3:PutObject'),
  action('s3:PutBucketPolicy'),
  action('s3:ListAllMyBuckets', true),
  action('sqs:SendMessage'),
  action('kms:Decrypt'),
  action('kms:RetireGrant'),
  action('sts:AssumeRole'),
  action('sts:GetCallerIdentity', true),
  action('iam:PassRole'),
);

const resourceArns = fc.constantFrom(
  '*',
  'arn:aws:s3:::b/x',
  'arn:aws:s3:::b/alice/x',
  'arn:aws:s3:::b/${aws:username}/x',
  'arn:aws-cn:s3:::b/x',
  `arn:aws:sqs:us-east-1:${A}:q`,
  `arn:aws:sqs:us-east-1:${B}:q`,
  `arn:aws:kms:us-east-1:${A}:key/k1`,
  `arn:aws:kms:us-east-1:${B}:alias/k`,
  `arn:aws:iam::${A}:role/team/App`,
  `arn:aws:iam::${B}:role/team/App`,
  `arn:aws:iam::${A}:user/alice`,
);

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
  'sts:AssumeRole',
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
);

const values = fc.constantFrom(
  'red',
  'blue',
  're*',
  '${aws:PrincipalTag/team}',
  '${aws:username}',
  '${nosuch:key}',
  '',
  'Red',
);
const arns = fc.constantFrom(
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

const conditions: fc.Arbitrary<Record<string, Json>> = fc.oneof(
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
    .tuple(fc.constantFrom('aws:username', 'aws:TagKeys', 'aws:SourceIp'), fc.boolean())
    .map(([key, absent]) => ({ Null: { [key]: absent } })),
);

const conditionBlock = fc.array(conditions, { maxLength: 2 }).map((list) => Object.assign({}, ...list) as Doc);

const namedPrincipals: fc.Arbitrary<Json> = fc.oneof(
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
);

type StatementKind = 'own' | 'resource' | 'trust' | 'rcp';

export function statements(kind: StatementKind): fc.Arbitrary<Doc> {
  return fc
    .record({
      effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      action: fc.tuple(fc.constantFrom('Action', 'Action', 'Action', 'NotAction'), oneOrMore(actionPatterns)),
      resource: fc.tuple(
        fc.constantFrom('Resource', 'Resource', 'Resource', 'NotResource'),
        oneOrMore(resourcePatterns),
      ),
      principal: fc.tuple(fc.constantFrom('Principal', 'Principal', 'Principal', 'NotPrincipal'), namedPrincipals),
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

const own = documents('own');
const layer = fc.option(own, { nil: null, freq: 2 });
const control = (kind: StatementKind): fc.Arbitrary<readonly (readonly Doc[])[] | null> =>
  fc.option(
    fc.array(
      fc.array(documents(kind), { maxLength: 1 }).map((extra) => [FULL_ACCESS, ...extra]),
      { minLength: 1, maxLength: 2 },
    ),
    { nil: null },
  );
const scp = fc.oneof(
  control('own'),
  fc.array(fc.array(own, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
);
const rcp = fc.option(
  fc.array(fc.array(documents('rcp').map(denyOnly), { maxLength: 1 }), { minLength: 1, maxLength: 2 }),
  { nil: null },
);

function denyOnly(document: Doc): Doc {
  const list = document['Statement'] as readonly Doc[];
  return { ...document, Statement: list.map((statement) => ({ ...statement, Effect: 'Deny' })) };
}

const contextValues: fc.Arbitrary<ReadonlyMap<string, string | readonly string[]>> = fc
  .record(
    {
      'aws:sourceip': fc.constantFrom('10.1.2.3', '192.0.2.1', '2001:db8::1', 'x'),
      'aws:requesttag/team': values,
      'aws:tagkeys': fc.oneof(fc.array(values, { maxLength: 2 }), values),
      'aws:sourcearn': arns,
      's3:max-keys': fc.constantFrom('10', '5', 'x'),
      'aws:multifactorauthage': fc.constantFrom('10', '300'),
      'aws:multifactorauthpresent': fc.constantFrom('true', 'false', 'x'),
      'k:bytes': fc.constantFrom('QQ==', 'QQ', 'QUJ=', 'Q'),
      'aws:username': fc.constantFrom('mallory'),
      'aws:principaltag/team': fc.constantFrom('blue'),
      'aws:resourcetag/team': values,
      'aws:principalorgid': fc.constantFrom('o-forged'),
    },
    { requiredKeys: [] },
  )
  .map(
    (record) =>
      new Map<string, string | readonly string[]>(Object.entries(record as Record<string, string | string[]>)),
  );

const resources: fc.Arbitrary<NaiveRequest['resource']> = resourceArns
  .chain((arn) =>
    fc.record({
      arn: fc.constant(arn),
      accountId: /:\d{12}:/.test(arn)
        ? fc.constantFrom(null, arn.split(':')[4] ?? null)
        : fc.constantFrom(A, A, B, M, null),
      organization: fc.constant(null),
      tags: fc.constantFrom(null, {}, { team: 'red' }, { Team: 'blue' }),
      policy: fc.option(documents(arn.includes(':role/') ? 'trust' : 'resource'), { nil: null, freq: 3 }),
      bindings: fc.constantFrom({}, {}, {}, { [`arn:aws:iam::${A}:user/alice`]: 'AIDAOLD' }),
      rcp,
    }),
  )
  .map((resource) => ({
    ...resource,
    organization: resource.accountId === null ? null : organizationOf(resource.accountId),
  }));

const openTo = (Principal: Json): Doc => ({ Effect: 'Allow', Principal, Action: '*', Resource: '*' });

/** Mostly none, or one that lets most requests through: else nothing would be found out about what comes behind it. */
const endpoints: fc.Arbitrary<Doc | null> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: documents('resource') },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.oneof(fc.constant<Json>('*'), namedPrincipals), documents('resource'))
      .map(([Principal, document]) => ({
        ...document,
        Statement: [openTo(Principal), ...(document['Statement'] as readonly Doc[])],
      })),
  },
);

/** Session policies exist for sessions alone. */
export const requests: fc.Arbitrary<NaiveRequest> = fc
  .record({
    principal: principals,
    action: actions,
    resource: resources,
    identity: fc.oneof(
      { weight: 3, arbitrary: fc.array(own, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constant([FULL_ACCESS]) },
    ),
    boundary: layer,
    session: fc.option(fc.array(own, { minLength: 1, maxLength: 2 }), { nil: null }),
    scp,
    context: contextValues,
    now: fc.constantFrom(Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 23, 17, 0, 0)),
    endpoint: endpoints,
    authority: fc.constantFrom<'directory' | 'context'>('directory', 'directory', 'context'),
  })
  .map((q) => {
    const kind = q.principal.kind;
    const holdsPolicies =
      kind === 'user' || kind === 'roleSession' || (kind === 'federatedUser' && q.principal.issuer !== null);
    return {
      ...q,
      identity: holdsPolicies ? q.identity : [],
      boundary: holdsPolicies ? q.boundary : null,
      session: kind === 'roleSession' || kind === 'federatedUser' ? q.session : null,
      scp: kind === 'service' || kind === 'anonymous' ? null : q.scp,
    };
  });
