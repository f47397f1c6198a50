/**
 * Every kind of caller × every way a resource's policy can name it × same or other account × what its own layers say.
 * The expected outcome of each row follows from two tables of AWS's: what an Allow of a resource's policy makes
 * superfluous within one account, and that across accounts it makes nothing superfluous.
 */
import { describe, expect, test } from 'vitest';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import { engineDecision } from '../support/engine.ts';
import { type Doc, naiveAuthorize } from '../support/naive-evaluator.ts';
import { A, action, B, federated, role, root, session, user } from '../support/world.ts';

const WITHIN =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html';
const ACROSS =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html';
const PRINCIPAL = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html';

type Own = 'identity' | 'boundary' | 'session';
interface Way {
  readonly caller: string;
  readonly facts: PrincipalFacts;
  readonly named: string;
  readonly Principal: Doc[string];
  readonly Condition?: Doc;
  /** Layers whose missing Allow does not matter within the account. */
  readonly skips: readonly Own[];
  readonly source: string;
}

const ALL: readonly Own[] = ['identity', 'boundary', 'session'];
const CEILINGS: readonly Own[] = ['identity'];
const alice = user(A);
const callers: readonly {
  readonly caller: string;
  readonly facts: PrincipalFacts;
  readonly own: string;
  readonly ownArn: string;
  readonly ownSkips: readonly Own[];
}[] = [
  { caller: 'user', facts: alice, own: 'its ARN', ownArn: alice.arn, ownSkips: ALL },
  { caller: 'user', facts: alice, own: 'its unique id', ownArn: alice.id, ownSkips: ALL },
  { caller: 'role session', facts: session(A), own: "its role's ARN", ownArn: role(A).arn, ownSkips: CEILINGS },
  { caller: 'role session', facts: session(A), own: "its role's unique id", ownArn: role(A).id, ownSkips: CEILINGS },
  {
    caller: 'role session',
    facts: session(A),
    own: 'its ARN',
    ownArn: `arn:aws:sts::${A}:assumed-role/App/s1`,
    ownSkips: ALL,
  },
  {
    caller: 'role session without a name',
    facts: session(A, null),
    own: "its role's ARN",
    ownArn: role(A).arn,
    ownSkips: CEILINGS,
  },
  {
    caller: 'role session without a name',
    facts: session(A, null),
    own: 'the ARN of some session',
    ownArn: `arn:aws:sts::${A}:assumed-role/App/s1`,
    ownSkips: [],
  },
  {
    caller: 'federated user',
    facts: federated(A),
    own: 'its ARN',
    ownArn: `arn:aws:sts::${A}:federated-user/fed`,
    ownSkips: ALL,
  },
  { caller: 'federated user', facts: federated(A), own: "its user's ARN", ownArn: alice.arn, ownSkips: CEILINGS },
  { caller: 'federated user', facts: federated(A), own: "its user's unique id", ownArn: alice.id, ownSkips: CEILINGS },
];

const ways: readonly Way[] = callers.flatMap(({ caller, facts, own, ownArn, ownSkips }): Way[] => [
  { caller, facts, named: own, Principal: { AWS: ownArn }, skips: ownSkips, source: PRINCIPAL },
  { caller, facts, named: 'everybody', Principal: '*', skips: ALL, source: WITHIN },
  { caller, facts, named: 'everybody of AWS', Principal: { AWS: '*' }, skips: ALL, source: WITHIN },
  {
    caller,
    facts,
    named: 'everybody with its aws:PrincipalArn',
    Principal: '*',
    Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:*::${A}:*` } },
    skips: ALL,
    source: WITHIN,
  },
  { caller, facts, named: 'its account', Principal: { AWS: A }, skips: [], source: PRINCIPAL },
  {
    caller,
    facts,
    named: "its account's root ARN",
    Principal: { AWS: `arn:aws:iam::${A}:root` },
    skips: [],
    source: PRINCIPAL,
  },
  { caller, facts, named: 'another account', Principal: { AWS: '444444444444' }, skips: [], source: PRINCIPAL },
]);

const GRANTED = (way: Way): boolean => way.named !== 'another account' && way.named !== 'the ARN of some session';
const doc = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });
const YES = doc({ Effect: 'Allow', Action: '*', Resource: '*' });
const SILENT = doc({ Effect: 'Allow', Action: 'ec2:*', Resource: '*' });

type Says = 'allows' | 'is silent' | 'is not there';
const BOOLEAN = [true, false];
const SAYS: readonly Says[] = ['allows', 'is silent', 'is not there'];
const documentOf = { allows: YES, 'is silent': SILENT, 'is not there': null } as const;

/** What has to allow, in the order in which a denial names it. */
function expected(way: Way, same: boolean, identity: boolean, boundary: Says, sessionSays: Says): string {
  const skips = same ? way.skips : [];
  const needsSession = way.facts.kind === 'federatedUser' ? sessionSays !== 'allows' : sessionSays === 'is silent';
  if (!skips.includes('boundary') && boundary === 'is silent') return 'IMPLICIT_DENY PERMISSIONS_BOUNDARY';
  if (!skips.includes('session') && needsSession) return 'IMPLICIT_DENY SESSION_POLICY';
  if (!same && !GRANTED(way)) return 'IMPLICIT_DENY RESOURCE_POLICY';
  if (!skips.includes('identity') && !identity) return 'IMPLICIT_DENY IDENTITY_POLICY';
  return 'ALLOWED';
}

const name = (way: Way): string => `${way.caller}, named as ${way.named} (${way.source})`;

describe.each([
  ['in the same account', A, WITHIN],
  ['in another account', B, ACROSS],
])('%s', (_where, owner, _source) => {
  test.each(ways.map((way): [string, Way] => [name(way), way]))('%s', (_name, way) => {
    for (const identity of BOOLEAN) {
      for (const boundary of SAYS) {
        for (const sessionSays of way.facts.kind === 'user' ? (['is not there'] as const) : SAYS) {
          const sessionDocument = documentOf[sessionSays];
          const q = {
            principal: way.facts,
            action: action('s3:GetObject'),
            resource: {
              arn: 'arn:aws:s3:::b/x',
              accountId: owner,
              organization: null,
              tags: {},
              policy: doc({
                Effect: 'Allow',
                Principal: way.Principal,
                Action: 's3:*',
                Resource: '*',
                Condition: way.Condition ?? {},
              }),
              bindings: {},
              rcp: null,
            },
            identity: [identity ? YES : SILENT],
            boundary: documentOf[boundary],
            session: sessionDocument === null ? null : [sessionDocument],
            scp: null,
            context: new Map(),
            now: 0,
            authority: 'directory' as const,
          };
          const row = { identity, boundary, session: sessionSays };
          const wanted = expected(way, owner === A, identity, boundary, sessionSays);
          const { effect, deniedBy } = engineDecision(q);
          const naive = naiveAuthorize(q);
          expect({ ...row, outcome: deniedBy === null ? effect : `${effect} ${deniedBy}` }).toEqual({
            ...row,
            outcome: wanted,
          });
          expect({
            ...row,
            outcome: naive.deniedBy === null ? naive.effect : `${naive.effect} ${naive.deniedBy}`,
          }).toEqual({ ...row, outcome: wanted });
        }
      }
    }
  });
});

const sns = { kind: 'service', service: 'sns.amazonaws.com' } as const;
const nobody = { kind: 'anonymous' } as const;
const googler = { kind: 'anonymous', federatedProvider: 'accounts.google.com' } as const;
const KMS = 'https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html';
const RESOURCE = 'IMPLICIT_DENY RESOURCE_POLICY';

/** Callers without policies of their own: what a resource of their own (or, for those of no account, any) and another account says. */
test.each<
  [
    caller: string,
    principal: PrincipalFacts,
    Principal: Doc[string] | null,
    same: string,
    other: string,
    source: string,
  ]
>([
  ['the root user', root(A), null, 'ALLOWED', RESOURCE, WITHIN],
  ['the root user', root(A), { AWS: A }, 'ALLOWED', 'ALLOWED', ACROSS],
  ['the root user', root(A), { AWS: `arn:aws:iam::${A}:root` }, 'ALLOWED', 'ALLOWED', ACROSS],
  ['the root user', root(A), { AWS: 'arn:aws:iam::444444444444:root' }, 'ALLOWED', RESOURCE, ACROSS],
  ['the root user', root(A), { AWS: alice.arn }, 'ALLOWED', RESOURCE, ACROSS],
  ['the root user', root(A), '*', 'ALLOWED', 'ALLOWED', ACROSS],
  ['a service', sns, null, RESOURCE, RESOURCE, PRINCIPAL],
  ['a service', sns, { Service: 'sns.amazonaws.com' }, 'ALLOWED', 'ALLOWED', PRINCIPAL],
  ['a service', sns, { Service: 'sqs.amazonaws.com' }, RESOURCE, RESOURCE, PRINCIPAL],
  ['a service', sns, { Service: 'sns.eu-south-1.amazonaws.com' }, RESOURCE, RESOURCE, PRINCIPAL],
  ['a service', sns, { AWS: A }, RESOURCE, RESOURCE, PRINCIPAL],
  ['a service', sns, '*', 'ALLOWED', 'ALLOWED', PRINCIPAL],
  ['a service', sns, { AWS: '*' }, 'ALLOWED', 'ALLOWED', PRINCIPAL],
  ['nobody', nobody, null, RESOURCE, RESOURCE, PRINCIPAL],
  ['nobody', nobody, '*', 'ALLOWED', 'ALLOWED', PRINCIPAL],
  ['nobody', nobody, { AWS: '*' }, 'ALLOWED', 'ALLOWED', PRINCIPAL],
  ['nobody', nobody, { AWS: A }, RESOURCE, RESOURCE, PRINCIPAL],
  ['nobody', nobody, { Service: 'sns.amazonaws.com' }, RESOURCE, RESOURCE, PRINCIPAL],
  ['nobody', nobody, { Federated: 'accounts.google.com' }, RESOURCE, RESOURCE, PRINCIPAL],
  ['who has a web identity', googler, { Federated: 'accounts.google.com' }, 'ALLOWED', 'ALLOWED', PRINCIPAL],
  ['who has a web identity', googler, { Federated: 'www.amazon.com' }, RESOURCE, RESOURCE, PRINCIPAL],
  ['who has a web identity', googler, { Service: 'accounts.google.com' }, RESOURCE, RESOURCE, PRINCIPAL],
])('%s (%o) named as %o: %s, across accounts %s (%s)', (_caller, principal, Principal, same, other) => {
  const outcome = (owner: string): string => {
    const q = {
      principal,
      action: action('s3:GetObject'),
      resource: {
        arn: 'arn:aws:s3:::b/x',
        accountId: owner,
        organization: null,
        tags: {},
        policy: Principal === null ? null : doc({ Effect: 'Allow', Principal, Action: '*', Resource: '*' }),
        bindings: {},
        rcp: null,
      },
      identity: [],
      boundary: null,
      session: null,
      scp: null,
      context: new Map(),
      now: 0,
      authority: 'directory' as const,
    };
    const { effect, deniedBy } = engineDecision(q);
    expect(naiveAuthorize(q)).toMatchObject({ effect, deniedBy });
    return deniedBy === null ? effect : `${effect} ${deniedBy}`;
  };
  expect([outcome(A), outcome(B)]).toEqual([same, other]);
});

test.each<[caller: string, principal: PrincipalFacts, outcomes: readonly string[]]>([
  ['the root user', root(A), [RESOURCE, RESOURCE, 'ALLOWED', 'ALLOWED']],
  ['alice, who may do everything', alice, [RESOURCE, RESOURCE, 'ALLOWED', 'ALLOWED']],
])(
  `%s, and a key whose policy names nobody, another user, the account, everybody (${KMS})`,
  (_caller, principal, outcomes) => {
    const policies = [null, { AWS: user(A, 'bob').arn }, { AWS: A }, '*'] as const;
    const found = policies.map((Principal) => {
      const { effect, deniedBy } = engineDecision({
        principal,
        action: action('kms:Decrypt'),
        resource: {
          arn: `arn:aws:kms:us-east-1:${A}:key/k1`,
          accountId: null,
          organization: null,
          tags: {},
          policy: Principal === null ? null : doc({ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }),
          bindings: {},
          rcp: null,
        },
        identity: [YES],
        boundary: null,
        session: null,
        scp: null,
        context: new Map(),
        now: 0,
        authority: 'directory',
      });
      return deniedBy === null ? effect : `${effect} ${deniedBy}`;
    });
    expect(found).toEqual(outcomes);
  },
);

test.each<[who: string, principal: PrincipalFacts, named: string, id: string]>([
  ['a user', alice, alice.arn, alice.id],
  ['a role', session(A), role(A).arn, role(A).id],
  ['the user of a federated session', federated(A), alice.arn, alice.id],
])(
  `a policy that is bound to %s by its id does not mean another of that name (${PRINCIPAL})`,
  (_who, principal, named, id) => {
    const effect = (Effect: string, bindings: Record<string, string>) =>
      engineDecision({
        principal,
        action: action('s3:GetObject'),
        resource: {
          arn: 'arn:aws:s3:::b/x',
          accountId: A,
          organization: null,
          tags: {},
          policy: doc({ Effect, Principal: { AWS: named }, Action: '*', Resource: '*' }),
          bindings,
          rcp: null,
        },
        identity: Effect === 'Deny' ? [YES] : [],
        boundary: null,
        session: principal.kind === 'federatedUser' ? [YES] : null,
        scp: null,
        context: new Map(),
        now: 0,
        authority: 'directory',
      }).effect;
    for (const bindings of [{}, { [named]: id }]) {
      expect([effect('Allow', bindings), effect('Deny', bindings)]).toEqual(['ALLOWED', 'EXPLICIT_DENY']);
    }
    const bound = { [named]: `${id}OLD` };
    expect([effect('Allow', bound), effect('Deny', bound)]).toEqual(['IMPLICIT_DENY', 'ALLOWED']);
  },
);
