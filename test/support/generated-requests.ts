/** Generated requests with all their policies: small names, so that things meet. */
import * as fc from 'fast-check';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import { arns, documents, FULL_ACCESS, namedPrincipals, type StatementKind, values } from './generated-policies.ts';
import type { Doc, Json, NaiveRequest } from './naive-request.ts';
import { A, action, B, federated, M, organizationOf, root, session, user, X } from './world.ts';

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
