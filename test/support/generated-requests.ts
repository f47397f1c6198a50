/** Generated requests with all their policies: small names, so that things meet. */
import * as fc from 'fast-check';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import { arns, values } from './generated-conditions.ts';
import { documents, FULL_ACCESS, namedPrincipals, type StatementKind } from './generated-policies.ts';
import { encryptionContexts, throughAccessPoints, withGrants, withPublicAccess } from './generated-resources.ts';
import { type Doc, type Json, type NaiveRequest, ownerOf } from './naive-request.ts';
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
  action('s3:ListBucket'),
  action('s3:ListAllMyBuckets', true),
  action('iam:ListUsers', true),
  action('sns:ListTopics', true),
  action('ec2:DescribeInstances', true),
  action('ec2:StopInstances'),
  action('sqs:SendMessage'),
  action('orders:GetOrder'),
  action('kms:Decrypt'),
  action('kms:RetireGrant'),
  action('kms:CreateGrant'),
  action('kms:DescribeKey'),
  action('sts:AssumeRole'),
  action('sts:GetCallerIdentity', true),
  action('iam:PassRole'),
  action('iam:PutRolePolicy'),
  action('iam:UpdateRoleDescription'),
  action('iam:DeletePolicyVersion'),
  action('kms:UpdateAlias'),
  action('kms:ListKeys', true),
);

const resourceArns = fc.constantFrom(
  '*',
  `arn:aws:orders:us-east-1:${A}:order/42`,
  'arn:aws:s3:::b/x',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/alice/x',
  `arn:aws:s3:::b/AROAAPP${A}:s1/x`,
  'arn:aws:s3:::b/${aws:username}/x',
  'arn:aws-cn:s3:::b/x',
  `arn:aws:sqs:us-east-1:${A}:q`,
  `arn:aws:sqs:us-east-1:${B}:q`,
  `arn:aws:kms:us-east-1:${A}:key/k1`,
  `arn:aws:kms:us-east-1:${B}:alias/k`,
  `arn:aws:iam::${A}:role/team/App`,
  `arn:aws:iam::${B}:role/team/App`,
  `arn:aws:iam::${A}:user/alice`,
  `arn:aws:iam::${A}:role/aws-reserved/sso.amazonaws.com/R`,
  `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/R`,
  'arn:aws:iam::aws:policy/ReadOnlyAccess',
  `arn:aws:kms:us-east-1:${A}:alias/aws/s3`,
  `arn:aws:ec2:us-east-1:${A}:instance/i-1`,
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
      'kms:calleraccount': fc.constantFrom(B),
      'aws:requestedregion': fc.constantFrom('us-east-1', 'eu-west-1'),
      'aws:viaawsservice': fc.constantFrom('true'),
      ...encryptionContexts,
    },
    { requiredKeys: [] },
  )
  .map(
    (record) =>
      new Map<string, string | readonly string[]>(Object.entries(record as Record<string, string | string[]>)),
  );

const plainResources: fc.Arbitrary<NaiveRequest['resource']> = resourceArns
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
      tagsCount: fc.boolean(),
    }),
  )
  .map(({ tagsCount, ...resource }) => ({
    ...resource,
    ...(tagsCount ? { tagsCount } : {}),
    // Whose it is has to be known before what stands above its owner.
    rcp: ownerOf({ resource }) === null ? null : resource.rcp,
    organization: resource.accountId === null ? null : organizationOf(resource.accountId),
  }));

/** A document that is not known, or is none. */
const CLOSED: Doc = {};
const orClosed = <T>(of: fc.Arbitrary<T>, closed: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 20, arbitrary: of }, { weight: 1, arbitrary: fc.constant(closed) });

const accessPoints = throughAccessPoints(plainResources, orClosed(documents('resource'), CLOSED));

const resources: fc.Arbitrary<NaiveRequest['resource']> = fc.oneof(
  { weight: 5, arbitrary: plainResources },
  { weight: 1, arbitrary: withPublicAccess(plainResources) },
  { weight: 1, arbitrary: withGrants(plainResources) },
  { weight: 1, arbitrary: accessPoints },
);

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

/** Above the management account, and where there is no organization, stands nothing that governs resources. */
function isGoverned(p: PrincipalFacts): boolean {
  if (p.kind === 'service' || p.kind === 'anonymous' || p.organization === null) return false;
  return p.organization.managementAccountId !== p.accountId;
}

/** Session policies exist for sessions alone. */
const requestsOn = (actionsAsked: typeof actions, resourcesAsked: typeof resources): fc.Arbitrary<NaiveRequest> =>
  fc
    .record({
      principal: principals,
      action: actionsAsked,
      resource: resourcesAsked,
      identity: orClosed<readonly Doc[]>(
        fc.oneof(
          { weight: 3, arbitrary: fc.array(own, { maxLength: 3 }) },
          { weight: 1, arbitrary: fc.constant([FULL_ACCESS]) },
        ),
        [FULL_ACCESS, CLOSED],
      ),
      boundary: orClosed(layer, CLOSED),
      session: fc.option(fc.array(own, { minLength: 1, maxLength: 2 }), { nil: null }),
      scp,
      context: contextValues,
      now: fc.constantFrom(Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 23, 17, 0, 0)),
      endpoint: endpoints,
      ownRcp: rcp,
      assumes: fc.boolean(),
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
        ownRcp: isGoverned(q.principal) ? q.ownRcp : null,
      };
    });

export const requests = requestsOn(actions, resources);

/** What comes through access points, and a few calls that are about them. */
export const requestsThroughAccessPoints = requestsOn(
  fc.constantFrom(
    action('s3:GetObject'),
    action('s3:GetObject'),
    action('s3:ListBucket'),
    action('s3:PutBucketPolicy'),
    action('s3:GetAccessPointPolicy'),
  ),
  accessPoints,
);
