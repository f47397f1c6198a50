/**
 * AWS's sentences, letter by letter: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html. The name of
 * the denying policy is behind it within one account or organization alone:
 * https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns/
 */
import { expect, test } from 'vitest';
import type { AttachedPolicy } from '../../src/evaluation/applicable-policies.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import type { Decision } from '../../src/evaluation/decision.ts';
import { prepareEndpoint, preparePolicies, preparePrincipal, prepareResource } from '../../src/evaluation/prepare.ts';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { controlLevel } from '../support/control-level.ts';
import { attach } from '../support/engine.ts';
import type { Doc } from '../support/naive-evaluator.ts';
import { A, action, B, federated, organizationOf, role, root, session, user, X } from '../support/world.ts';

const doc = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });
const allow = (more: Doc = {}): Doc => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const deny = (more: Doc = {}): Doc => allow({ Effect: 'Deny', ...more });
const YES = doc(allow());
const NO = doc(deny());
const SILENT = doc(allow({ Action: 'ec2:*' }));
const PUBLIC_NO = doc(deny({ Principal: '*' }));

const MANAGED = `arn:aws:iam::${A}:policy/No`;
const SCP = 'arn:aws:organizations::999999999999:policy/o-exampleorg1/service_control_policy/p-1';
const RCP = 'arn:aws:organizations::999999999999:policy/o-exampleorg1/resource_control_policy/p-2';

interface Asked {
  readonly principal?: PrincipalFacts;
  readonly action?: string;
  readonly wildcardOnly?: boolean;
  readonly arn?: string;
  readonly owner?: string;
  readonly identity?: Doc | AttachedPolicy;
  readonly boundary?: Doc;
  readonly session?: Doc | AttachedPolicy;
  readonly scp?: Doc;
  readonly policy?: Doc;
  readonly rcp?: Doc;
  readonly endpoint?: Doc;
}

function decide(asked: Asked): Decision {
  const facts = asked.principal ?? user(A);
  const attached = (given: Doc | AttachedPolicy, kind: PolicyKind, name: string): AttachedPolicy =>
    'policy' in given ? (given as AttachedPolicy) : attach(given, kind, name);
  const control = (given: Doc | undefined, kind: 'scp' | 'rcp', arn: string) =>
    given === undefined ? null : [controlLevel('r-ab12', [attach(given, kind, arn, arn)])];
  const hasPolicies = facts.kind !== 'service' && facts.kind !== 'anonymous';
  const policies = preparePolicies({
    identity: asked.identity === undefined ? [] : [attached(asked.identity, 'identity', 'Inline')],
    boundary: asked.boundary === undefined ? null : attach(asked.boundary, 'boundary', MANAGED, MANAGED),
    serviceControl: control(asked.scp, 'scp', SCP),
  });
  const sessionPolicies =
    asked.session === undefined ? null : [attached(asked.session, 'session', 'sessionPolicies[0]')];
  const arn = asked.arn ?? 'arn:aws:s3:::b/x';
  const owner = asked.owner ?? A;
  const named = `arn:aws:ec2:us-east-1:${A}:vpc-endpoint/vpce-1`;
  const endpoint =
    asked.endpoint === undefined ? {} : { endpoint: prepareEndpoint(attach(asked.endpoint, 'vpce', named, named)) };
  return authorize(
    preparePrincipal(facts, hasPolicies ? policies : null, sessionPolicies),
    action(asked.action ?? 's3:GetObject', asked.wildcardOnly ?? false),
    prepareResource({
      arn,
      accountId: owner,
      organization: organizationOf(owner),
      tags: {},
      policy:
        asked.policy === undefined
          ? null
          : attach(asked.policy, arn.includes(':role/') ? 'trust' : 'resource', arn, arn),
      policyBindings: {},
      resourceControl: control(asked.rcp, 'rcp', RCP),
    }),
    { context: new Map(), now: 0, authority: 'directory', ...endpoint },
  );
}

const ALICE = `User: arn:aws:iam::${A}:user/alice`;
const APP = `User: arn:aws:sts::${A}:assumed-role/App/s1`;
const GET = 'is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x';
const ROLE = `arn:aws:iam::${A}:role/R`;
const managed = (document: Doc): AttachedPolicy => attach(document, 'identity', MANAGED, MANAGED);

test.each<[name: string, asked: Asked, sentence: string]>([
  // Nothing allows.
  ['identity', {}, `${ALICE} ${GET} because no identity-based policy allows the s3:GetObject action`],
  [
    'SCP',
    { identity: YES, scp: SILENT },
    `${ALICE} ${GET} because no service control policy allows the s3:GetObject action`,
  ],
  [
    'boundary',
    { identity: YES, boundary: SILENT },
    `${ALICE} ${GET} because no permissions boundary allows the s3:GetObject action`,
  ],
  [
    'session',
    { principal: session(A), identity: YES, session: SILENT },
    `${APP} ${GET} because no session policy allows the s3:GetObject action`,
  ],
  [
    'resource',
    { identity: YES, owner: B },
    `${ALICE} ${GET} because no resource-based policy allows the s3:GetObject action`,
  ],
  [
    'trust',
    { identity: YES, action: 'sts:AssumeRole', arn: ROLE },
    `${ALICE} is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because no role trust policy allows the sts:AssumeRole action`,
  ],
  [
    'VPC endpoint',
    { identity: YES, endpoint: SILENT },
    `${ALICE} ${GET} because no VPC endpoint policy allows the s3:GetObject action`,
  ],
  // Something denies.
  ['identity, inline', { identity: NO }, `${ALICE} ${GET} with an explicit deny in an identity-based policy`],
  [
    'identity, managed',
    { identity: managed(NO) },
    `${ALICE} ${GET} with an explicit deny in an identity-based policy: ${MANAGED}`,
  ],
  ['SCP', { scp: NO }, `${ALICE} ${GET} with an explicit deny in a service control policy: ${SCP}`],
  ['RCP', { rcp: PUBLIC_NO }, `${ALICE} ${GET} with an explicit deny in a resource control policy: ${RCP}`],
  ['boundary', { boundary: NO }, `${ALICE} ${GET} with an explicit deny in a permissions boundary: ${MANAGED}`],
  [
    'session, inline',
    { principal: session(A), session: NO },
    `${APP} ${GET} with an explicit deny in a session policy`,
  ],
  [
    'session, managed',
    { principal: session(A), session: attach(NO, 'session', MANAGED, MANAGED) },
    `${APP} ${GET} with an explicit deny in a session policy: ${MANAGED}`,
  ],
  [
    'resource',
    { identity: YES, policy: PUBLIC_NO },
    `${ALICE} ${GET} with an explicit deny in a resource-based policy`,
  ],
  [
    'trust',
    {
      identity: YES,
      action: 'sts:AssumeRole',
      arn: ROLE,
      policy: doc({ Effect: 'Deny', Principal: '*', Action: 'sts:*' }),
    },
    `${ALICE} is not authorized to perform: sts:AssumeRole on resource: ${ROLE} with an explicit deny in the role trust policy`,
  ],
  [
    'VPC endpoint, which is never named',
    { identity: YES, endpoint: PUBLIC_NO },
    `${ALICE} ${GET} with an explicit deny in a VPC endpoint policy`,
  ],
  // Whether the policy is named.
  [
    'another account of the organization',
    { identity: managed(NO), owner: B },
    `${ALICE} ${GET} with an explicit deny in an identity-based policy: ${MANAGED}`,
  ],
  [
    'another organization',
    { identity: managed(NO), owner: X },
    `${ALICE} ${GET} with an explicit deny in an identity-based policy`,
  ],
  [
    'RCP, a caller from outside',
    { principal: user(X), identity: YES, rcp: PUBLIC_NO },
    `User: arn:aws:iam::${X}:user/alice ${GET} with an explicit deny in a resource control policy`,
  ],
  [
    'RCP, a service',
    { principal: { kind: 'service', service: 'sns.amazonaws.com' }, rcp: PUBLIC_NO },
    `User: sns.amazonaws.com ${GET} with an explicit deny in a resource control policy`,
  ],
  // Who is named, and what.
  [
    'an action without resources',
    { action: 's3:ListAllMyBuckets', wildcardOnly: true },
    `${ALICE} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
  ],
  [
    'an action without resources, asked about one',
    { action: 's3:ListAllMyBuckets', wildcardOnly: true, identity: NO },
    `${ALICE} is not authorized to perform: s3:ListAllMyBuckets with an explicit deny in an identity-based policy`,
  ],
  [
    'a role session without a name',
    { principal: session(A, null) },
    `User: ${role(A).arn} ${GET} because no identity-based policy allows the s3:GetObject action`,
  ],
  [
    'a federated user',
    { principal: federated(A), identity: YES },
    `User: arn:aws:sts::${A}:federated-user/fed ${GET} because no session policy allows the s3:GetObject action`,
  ],
  [
    'the root user',
    { principal: root(A), scp: NO },
    `User: arn:aws:iam::${A}:root ${GET} with an explicit deny in a service control policy: ${SCP}`,
  ],
  [
    'nobody',
    { principal: { kind: 'anonymous' } },
    `User: anonymous ${GET} because no resource-based policy allows the s3:GetObject action`,
  ],
  // Several layers: one is named.
  [
    'an explicit deny goes before what is missing',
    { scp: SILENT, identity: NO },
    `${ALICE} ${GET} with an explicit deny in an identity-based policy`,
  ],
  // AWS prints nothing when it allows: sentences of the same make.
  [
    'allowed, inline',
    { identity: YES },
    `${ALICE} is authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x because an identity-based policy allows the s3:GetObject action: Inline`,
  ],
  [
    'allowed, managed',
    { identity: managed(YES) },
    `${ALICE} is authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x because an identity-based policy allows the s3:GetObject action: ${MANAGED}`,
  ],
  [
    'allowed as the root user',
    { principal: root(A) },
    `User: arn:aws:iam::${A}:root is authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x because the root user may do everything in its account`,
  ],
  [
    'allowed as a session of the root user',
    { principal: federated(A, null), session: YES },
    `User: arn:aws:sts::${A}:federated-user/fed is authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x because the root user, whose session it is, may do everything in its account`,
  ],
  [
    'allowed to the root user as to everybody',
    { principal: root(A), action: 'sts:GetCallerIdentity', wildcardOnly: true },
    `User: arn:aws:iam::${A}:root is authorized to perform: sts:GetCallerIdentity because the sts:GetCallerIdentity action needs no permission`,
  ],
  [
    'allowed to everybody who signs',
    { action: 'sts:GetCallerIdentity', wildcardOnly: true, identity: NO },
    `${ALICE} is authorized to perform: sts:GetCallerIdentity because the sts:GetCallerIdentity action needs no permission`,
  ],
])('%s', (_name, asked, sentence) => {
  const decision = decide(asked);
  expect(decision.reason).toBe(sentence);
  // Without the name of a policy, the same sentence.
  const unnamed = sentence.replace(/: (?:arn:aws:(?:iam|organizations):\S*policy\/\S+|Inline)$/, '');
  expect(decision.unnamedReason).toBe(unnamed);
});

test('who has no identity policies has no such layer', () => {
  const layersOf = (asked: Asked) => decide(asked).layers.map(({ layer, effect }) => `${layer} ${effect}`);
  expect(layersOf({ principal: root(A) })).toEqual([]);
  expect(layersOf({ principal: federated(A, null), session: YES })).toEqual(['SESSION_POLICY ALLOWED']);
  expect(layersOf({ principal: federated(A), session: YES })).toEqual([
    'IDENTITY_POLICY IMPLICIT_DENY',
    'SESSION_POLICY ALLOWED',
  ]);
});

test('the layers are in the order of evaluation, the VPC endpoint behind the organization', () => {
  const { layers } = decide({
    principal: session(A),
    identity: YES,
    boundary: YES,
    session: YES,
    scp: YES,
    rcp: PUBLIC_NO,
    policy: doc(allow({ Principal: { AWS: B } })),
    endpoint: doc(allow({ Sid: 'Through', Principal: '*' }), allow({ Sid: 'Others', Principal: { AWS: B } })),
  });
  expect(layers.map(({ layer, effect }) => `${layer} ${effect}`)).toEqual([
    'RESOURCE_CONTROL_POLICY EXPLICIT_DENY',
    'SERVICE_CONTROL_POLICY ALLOWED',
    'VPC_ENDPOINT_POLICY ALLOWED',
    'RESOURCE_POLICY IMPLICIT_DENY',
    'IDENTITY_POLICY ALLOWED',
    'PERMISSIONS_BOUNDARY ALLOWED',
    'SESSION_POLICY ALLOWED',
  ]);
  expect(layers[2]?.matchedStatements.map(({ sid }) => sid)).toEqual(['Through']);
});
