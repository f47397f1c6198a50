/**
 * Where AWS's own text is silent or contradicts itself, one behaviour is chosen. Each choice is one test here, so that
 * changing one is a decision and not an accident. Those that are not about deciding stand with what they are about: m (the
 * longest source identity) and o (the packed size of a session) in test/session/assume-role.test.ts, q (which services have
 * policies of resources) in test/catalog/policy-holders.test.ts.
 */
import { expect, test } from 'vitest';
import { authorize } from '../../src/evaluation/authorize.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import {
  type PreparedPrincipal,
  preparePolicies,
  preparePrincipal,
  prepareResource,
} from '../../src/evaluation/prepare.ts';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { validatePolicy } from '../../src/policy/validate.ts';
import { controlLevel } from '../support/control-level.ts';
import { attach, engineDecision } from '../support/engine.ts';
import type { Doc, NaiveRequest } from '../support/naive-evaluator.ts';
import { A, action, federated, role, root, session, user } from '../support/world.ts';

const doc = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });
const allow = (more: Doc = {}): Doc => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const deny = (more: Doc = {}): Doc => ({ ...allow(more), Effect: 'Deny' });

const OBJECT = 'arn:aws:s3:::b/x';
const base: NaiveRequest = {
  principal: user(A, 'alice', { team: 'red' }),
  action: action('s3:GetObject'),
  resource: { arn: OBJECT, accountId: A, organization: null, tags: {}, policy: null, bindings: {}, rcp: null },
  identity: [],
  boundary: null,
  session: null,
  scp: null,
  context: new Map(),
  now: Date.UTC(2026, 10, 23),
  authority: 'directory',
};

const decide = (q: Partial<NaiveRequest> & { readonly arn?: string; readonly policy?: Doc }) => {
  const resource = {
    ...(q.resource ?? base.resource),
    ...(q.arn === undefined ? {} : { arn: q.arn }),
    ...(q.policy === undefined ? {} : { policy: q.policy }),
  };
  const { effect, deniedBy } = engineDecision({ ...base, ...q, resource });
  return deniedBy === null ? effect : `${effect} ${deniedBy}`;
};
const withContext = (context: Record<string, unknown>) => parseRequestContext(context, 'context');
const SESSION_ARN = `arn:aws:sts::${A}:assumed-role/App/s1`;

test("a: a session policy's implicit deny does not block a grant to the session's ARN", () => {
  const policy = doc(allow({ Principal: { AWS: SESSION_ARN } }));
  const ec2 = [doc(allow({ Action: 'ec2:*' }))];
  expect(decide({ principal: session(A), session: ec2, policy })).toBe('ALLOWED');
  expect(decide({ principal: session(A), session: ec2 })).toBe('IMPLICIT_DENY SESSION_POLICY');
});

test('b: the boundary of a user named in a trust policy has to allow sts:AssumeRole', () => {
  const trust = {
    arn: `arn:aws:iam::${A}:role/R`,
    policy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${A}:user/alice` }, Action: 'sts:AssumeRole' }],
    },
  };
  const assume = { action: action('sts:AssumeRole'), ...trust };
  expect(decide({ ...assume, boundary: doc(allow({ Action: 's3:*' })) })).toBe('IMPLICIT_DENY PERMISSIONS_BOUNDARY');
  expect(decide({ ...assume, boundary: doc(allow({ Action: 'sts:*' })) })).toBe('ALLOWED');
  const bucket = doc(allow({ Principal: { AWS: `arn:aws:iam::${A}:user/alice` } }));
  expect(decide({ policy: bucket, boundary: doc(allow({ Action: 'ec2:*' })) })).toBe('ALLOWED');
});

test('c: NotPrincipal spares who is listed with its account: a session by its role, a user, a federated user', () => {
  const hit = (principal: NaiveRequest['principal'], AWS: readonly string[], more: Partial<NaiveRequest> = {}) => {
    return decide({
      principal,
      identity: [doc(allow())],
      session: principal.kind === 'federatedUser' ? [doc(allow())] : null,
      policy: doc({ Effect: 'Deny', NotPrincipal: { AWS }, Action: '*', Resource: '*' }),
      ...more,
    });
  };
  const denied = 'EXPLICIT_DENY RESOURCE_POLICY';
  const account = `arn:aws:iam::${A}:root`;
  const own = session(A);
  // What AWS recommends: the role and its account; the session besides is no harm.
  expect(hit(own, [A, role(A).arn])).toBe('ALLOWED');
  expect(hit(own, [account, role(A).arn, SESSION_ARN])).toBe('ALLOWED');
  for (const AWS of [[A], [role(A).arn], [SESSION_ARN], [A, SESSION_ARN], [role(A).arn, SESSION_ARN]]) {
    expect(hit(own, AWS)).toBe(denied);
  }
  const alice = user(A, 'alice');
  expect(hit(alice, [A, alice.arn])).toBe('ALLOWED');
  for (const AWS of [[A], [alice.arn], [A, role(A).arn]]) expect(hit(alice, AWS)).toBe(denied);
  const fed = federated(A);
  const fedArn = `arn:aws:sts::${A}:federated-user/fed`;
  expect(hit(fed, [A, fedArn])).toBe('ALLOWED');
  for (const AWS of [[A], [fedArn], [A, alice.arn]]) expect(hit(fed, AWS)).toBe(denied);
  expect(hit(root(A), [A])).toBe('ALLOWED');
  expect(hit(root(A), [alice.arn])).toBe(denied);
  // A boundary, whatever it allows, is hit by every NotPrincipal.
  expect(hit(alice, [A, alice.arn], { boundary: doc(allow()) })).toBe(denied);
});

test('d: a short ARN is filled up with stars where the kind of policy takes it; of an Allow a star does not cross colons otherwise', () => {
  const queue = { arn: `arn:aws:sqs:us-east-1:${A}:q`, action: action('sqs:SendMessage') };
  const identity = (Resource: string) => decide({ ...queue, identity: [doc(allow({ Resource }))] });
  expect(identity('arn:aws:sqs:us-east-1:*')).toBe('ALLOWED');
  expect(identity('arn:aws:sqs')).toBe('ALLOWED');
  expect(identity('arn:aws:*')).toBe('ALLOWED');
  expect(identity('arn:aws:*:q')).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  expect(identity('arn:aws:sqs:*:q')).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  expect(identity('arn:aws:sqs:*:q:*')).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  const resource = (Resource: string) => decide({ ...queue, policy: doc(allow({ Principal: '*', Resource })) });
  expect(resource('arn:aws:sqs:us-east-1:*')).toBe('ALLOWED');
  expect(resource('arn:aws:sqs')).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  const scp = (Resource: string) => decide({ ...queue, identity: [doc(allow())], scp: [[doc(allow({ Resource }))]] });
  expect(scp('arn:aws:sqs:*')).toBe('ALLOWED');
  expect(scp('arn:aws:sqs')).toBe('IMPLICIT_DENY SERVICE_CONTROL_POLICY');
});

test.each([
  ['arn:aws:sqs:*:q', true],
  ['arn:aws:*:q', true],
  ['arn:aws:sqs:*:*:*:q', false],
  ['arn:aws:sqs:*', true],
  ['arn:aws:sqs:us-east-1:*', true],
  ['arn:aws:sqs:*:r', false],
  ['arn:aws:sns:*:q', false],
  [`arn:aws:sqs:us-*:${A}:q`, true],
  [`arn:aws:sqs:eu-*:${A}:q`, false],
])('d: of a Deny, a star crosses colons, so that it is not passed over: %s matches %s', (Resource, matches) => {
  const queue = { arn: `arn:aws:sqs:us-east-1:${A}:q`, action: action('sqs:SendMessage'), identity: [doc(allow())] };
  const own = decide({ ...queue, identity: [doc(allow(), deny({ Resource }))] });
  expect(own).toBe(matches ? 'EXPLICIT_DENY IDENTITY_POLICY' : 'ALLOWED');
  const rcp = [[doc(deny({ Principal: '*', Action: 'sqs:*', Resource }))]];
  expect(decide({ ...queue, resource: { ...base.resource, rcp } })).toBe(
    matches ? 'EXPLICIT_DENY RESOURCE_CONTROL_POLICY' : 'ALLOWED',
  );
  // What a NotResource of a Deny excepts is not made more by it.
  const narrow = Resource.split(':').length > 5 || Resource.endsWith('*') ? matches : false;
  const excepting = doc(allow(), { Effect: 'Deny', Action: '*', NotResource: Resource });
  expect(decide({ ...queue, identity: [excepting] })).toBe(narrow ? 'ALLOWED' : 'EXPLICIT_DENY IDENTITY_POLICY');
});

test('d: a policy variable before the resource is nothing that AWS documents: an Allow does not match, a Deny does', () => {
  const Resource = 'arn:*:sqs:*:${aws:PrincipalAccount}:q';
  const queue = { arn: `arn:aws:sqs:us-east-1:${A}:q`, action: action('sqs:SendMessage') };
  expect(decide({ ...queue, identity: [doc(allow({ Resource }))] })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  expect(decide({ ...queue, identity: [doc(allow(), deny({ Resource }))] })).toBe('EXPLICIT_DENY IDENTITY_POLICY');
});

test('e: a variable without a value in NotResource: an Allow does not apply, a Deny does', () => {
  const NotResource = ['arn:aws:s3:::other/${aws:username}'];
  const statement = (Effect: string): Doc => ({ Effect, Action: '*', NotResource });
  expect(decide({ principal: session(A), identity: [doc(statement('Allow'))] })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  expect(decide({ principal: session(A), identity: [doc(allow(), statement('Deny'))] })).toBe(
    'EXPLICIT_DENY IDENTITY_POLICY',
  );
  expect(decide({ identity: [doc(statement('Allow'))] })).toBe('ALLOWED');
});

test('f: a wildcard inside the value of a variable is an ordinary character', () => {
  const identity = [doc(allow({ Resource: 'arn:aws:s3:::b/${s3:prefix}' }))];
  expect(decide({ identity, context: withContext({ 's3:prefix': '*' }) })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  expect(decide({ identity, context: withContext({ 's3:prefix': '*' }), arn: 'arn:aws:s3:::b/*' })).toBe('ALLOWED');
  const like = [doc(allow({ Condition: { StringLike: { 'k:a': '${k:b}' } } }))];
  expect(decide({ identity: like, context: withContext({ 'k:a': 'x', 'k:b': '*' }) })).toBe(
    'IMPLICIT_DENY IDENTITY_POLICY',
  );
});

test.each([
  ['NumericNotEquals', 'k:n', 'ten', '5'],
  ['DateNotEquals', 'k:d', 'yesterday', '2026-01-01'],
  ['NotIpAddress', 'aws:SourceIp', 'localhost', '10.0.0.0/8'],
  ['ArnNotLike', 'aws:SourceArn', 'no-arn', 'arn:aws:s3:::b'],
  ['ArnNotEquals', 'aws:SourceArn', 'arn:aws:s3:::b', 'arn:aws:${aws:username}'],
])(
  'g: a negated operator with a value of the request of the wrong type does not match: %s %s %s %s',
  (operator, key, given, wanted) => {
    const Condition = { [operator]: { [key]: wanted } };
    const context = withContext({ [key]: given });
    expect(decide({ identity: [doc(allow({ Condition }))], context })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
    expect(decide({ identity: [doc(allow(), deny({ Condition }))], context })).toBe('ALLOWED');
  },
);

test('h: a multi-valued key without a set operator does not match, whether negated or not, even with one value', () => {
  for (const given of [['a'], 'a']) {
    for (const Condition of [{ StringEquals: { 'aws:TagKeys': 'a' } }, { StringNotEquals: { 'aws:TagKeys': 'b' } }]) {
      expect(decide({ identity: [doc(allow({ Condition }))], context: withContext({ 'aws:TagKeys': given }) })).toBe(
        'IMPLICIT_DENY IDENTITY_POLICY',
      );
    }
  }
  const unknown = [doc(allow({ Condition: { StringEquals: { 'k:x': 'a' } } }))];
  expect(decide({ identity: unknown, context: withContext({ 'k:x': ['a'] }) })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  expect(decide({ identity: unknown, context: withContext({ 'k:x': 'a' }) })).toBe('ALLOWED');
});

test('i: ForAnyValue with IfExists holds when the key is absent', () => {
  expect(
    decide({ identity: [doc(allow({ Condition: { 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'a' } } }))] }),
  ).toBe('ALLOWED');
  expect(
    decide({ identity: [doc(allow({ Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } } }))] }),
  ).toBe('IMPLICIT_DENY IDENTITY_POLICY');
});

test('j: in sessions of sts:AssumeRole and sts:GetFederationToken MFA is present and false, whatever the request says', () => {
  const isFalse = [doc(allow({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }))];
  const absent = [doc(allow({ Condition: { Null: { 'aws:MultiFactorAuthPresent': 'true' } } }))];
  const ageless = [doc(allow({ Condition: { Null: { 'aws:MultiFactorAuthAge': 'true' } } }))];
  const proved = [doc(allow({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }))];
  // aws-sdk-java-v2#2554: AWS denies this in a role session.
  const provedIfExists = [doc(allow({ Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } } }))];
  const recently = [doc(allow({ Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } } }))];
  const context = withContext({ 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '10' });
  const inRole = { principal: session(A), context };
  const asFederated = { principal: federated(A), session: [doc(allow())], context };
  for (const caller of [{ principal: session(A) }, inRole, asFederated]) {
    for (const identity of [isFalse, ageless]) expect(decide({ ...caller, identity })).toBe('ALLOWED');
    for (const identity of [absent, proved, provedIfExists, recently]) {
      expect(decide({ ...caller, identity })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
    }
  }
  // A user may have proved it: with a long-term key nothing is known, with credentials of sts:GetSessionToken it is.
  for (const identity of [absent, provedIfExists]) expect(decide({ identity })).toBe('ALLOWED');
  for (const identity of [proved, recently]) {
    expect(decide({ identity })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
    expect(decide({ identity, context })).toBe('ALLOWED');
  }
  // In a simulation the context counts before what follows from the caller.
  expect(decide({ ...inRole, identity: proved, authority: 'context' })).toBe('ALLOWED');
  expect(decide({ principal: session(A), identity: provedIfExists, authority: 'context' })).toBe(
    'IMPLICIT_DENY IDENTITY_POLICY',
  );
  // Who assumes a role with a web identity has no credentials yet.
  const policy = doc(allow({ Principal: '*', Condition: { Null: { 'aws:MultiFactorAuthPresent': 'true' } } }));
  expect(decide({ principal: { kind: 'anonymous', federatedProvider: 'accounts.google.com' }, policy })).toBe(
    'ALLOWED',
  );
});

test('j: to a role session no MFA key is missing', () => {
  const identity = [doc(allow({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }))];
  const missing = (q: Partial<NaiveRequest>) => engineDecision({ ...base, ...q, identity }).missingContextKeys;
  expect(missing({ principal: session(A) })).toEqual([]);
  expect(missing({})).toEqual(['aws:MultiFactorAuthPresent']);
  expect(missing({ principal: session(A), authority: 'context' })).toEqual([]);
});

test('k: aws:PrincipalType, aws:userid and aws:PrincipalArn are absent for services', () => {
  const Condition = {
    Null: {
      'aws:PrincipalType': 'true',
      'aws:userid': 'true',
      'aws:PrincipalArn': 'true',
      'aws:PrincipalAccount': 'true',
    },
  };
  const policy = doc(allow({ Principal: '*', Condition }));
  expect(decide({ principal: { kind: 'service', service: 'sns.amazonaws.com' }, policy })).toBe('ALLOWED');
  expect(decide({ principal: { kind: 'anonymous' }, policy })).toBe('IMPLICIT_DENY RESOURCE_POLICY');
});

test('l: "*" and {"AWS":"*"} both cover service principals', () => {
  const principal = { kind: 'service', service: 'sns.amazonaws.com' } as const;
  for (const Principal of ['*', { AWS: '*' }]) {
    expect(decide({ principal, policy: doc(allow({ Principal })) })).toBe('ALLOWED');
    expect(
      decide({ principal, policy: doc(allow({ Principal: { Service: 'sns.amazonaws.com' } }), deny({ Principal })) }),
    ).toBe('EXPLICIT_DENY RESOURCE_POLICY');
  }
});

test('n: an Allow of a service control policy may name resources', () => {
  const scp = [[doc(allow({ Resource: 'arn:aws:s3:::b/*' }))]];
  expect(decide({ identity: [doc(allow())], scp })).toBe('ALLOWED');
  expect(decide({ identity: [doc(allow())], scp, arn: 'arn:aws:s3:::c/x' })).toBe(
    'IMPLICIT_DENY SERVICE_CONTROL_POLICY',
  );
  expect(validatePolicy(JSON.stringify(scp[0]?.[0]), 'scp')).toEqual([]);
});

test('p: several layers deny: the message names the first in a fixed order', () => {
  const everything: Partial<NaiveRequest> = {
    principal: session(A),
    scp: [[doc(deny())]],
    resource: { ...base.resource, policy: doc(deny({ Principal: '*' })), rcp: [[doc(deny({ Principal: '*' }))]] },
    boundary: doc(deny()),
    session: [doc(deny())],
    identity: [doc(deny())],
  };
  const order: readonly [string, Partial<NaiveRequest>][] = [
    ['SERVICE_CONTROL_POLICY', { scp: null }],
    ['RESOURCE_CONTROL_POLICY', { resource: { ...base.resource, policy: doc(deny({ Principal: '*' })) } }],
    ['PERMISSIONS_BOUNDARY', { boundary: null }],
    ['SESSION_POLICY', { session: null }],
    ['RESOURCE_POLICY', { resource: base.resource }],
    ['IDENTITY_POLICY', { identity: [] }],
  ];
  let left = everything;
  for (const [layer, without] of order) {
    expect(decide(left)).toBe(`EXPLICIT_DENY ${layer}`);
    left = { ...left, ...without };
  }
  const silent = doc(allow({ Action: 'ec2:*' }));
  const implicit = { principal: session(A), boundary: silent, session: [silent] };
  expect(decide({ ...implicit, scp: [[silent]] })).toBe('IMPLICIT_DENY SERVICE_CONTROL_POLICY');
  expect(decide(implicit)).toBe('IMPLICIT_DENY PERMISSIONS_BOUNDARY');
  expect(decide({ ...implicit, boundary: null })).toBe('IMPLICIT_DENY SESSION_POLICY');
  expect(decide({ principal: session(A) })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
});

test("r: a session's ARN in a stored Principal is compared as text, not bound to the role's id", () => {
  const policy = doc(allow({ Principal: { AWS: SESSION_ARN } }));
  const bindings = { [role(A).arn]: 'AROAOLD', [SESSION_ARN]: 'AROAOLD' };
  expect(decide({ principal: session(A), resource: { ...base.resource, policy, bindings } })).toBe('ALLOWED');
  const byRole = doc(allow({ Principal: { AWS: role(A).arn } }));
  expect(decide({ principal: session(A), resource: { ...base.resource, policy: byRole, bindings } })).toBe(
    'IMPLICIT_DENY IDENTITY_POLICY',
  );
});

test('an Allow with an operator that does not exist does not apply; operators stand in any case', () => {
  expect(decide({ identity: [doc(allow({ Condition: { StringSortOf: { 'k:x': 'a' } } }))] })).toBe(
    'IMPLICIT_DENY IDENTITY_POLICY',
  );
  expect(
    loadPolicy(doc(allow({ Condition: { stringequals: { 'aws:UserName': 'alice' } } })), 'identity').statements,
  ).toHaveLength(1);
  expect(decide({ identity: [doc(allow({ Condition: { stringequals: { 'aws:UserName': 'alice' } } }))] })).toBe(
    'ALLOWED',
  );
});

test("s: a resource without a known owner and a request without a resource are bound by the RCPs of the caller's account", () => {
  const decided = (caller: PreparedPrincipal, arn: string, accountId: string | null, wildcardOnly = false) => {
    const name = wildcardOnly ? 's3:ListAllMyBuckets' : 's3:GetObject';
    const facts = {
      arn,
      accountId,
      organization: null,
      tags: null,
      policy: null,
      policyBindings: {},
      resourceControl: null,
    };
    const request = { context: new Map(), now: base.now, authority: 'directory' } as const;
    const { effect, deniedBy } = authorize(caller, action(name, wildcardOnly), prepareResource(facts), request);
    return deniedBy === null ? effect : `${effect} ${deniedBy}`;
  };
  const under = (Resource: string, facts: PrincipalFacts = user(A)) => {
    const policies = preparePolicies({
      identity: [attach(doc(allow()), 'identity', 'p')],
      boundary: null,
      serviceControl: null,
      resourceControl: [
        controlLevel(A, [attach(doc(deny({ Principal: '*', Action: 's3:*', Resource })), 'rcp', 'p-rcp')]),
      ],
    });
    return preparePrincipal(facts, policies, null);
  };
  const denied = 'EXPLICIT_DENY RESOURCE_CONTROL_POLICY';
  expect(decided(under('*'), OBJECT, null)).toBe(denied);
  expect(decided(under('arn:aws:s3:::b/*'), OBJECT, null)).toBe(denied);
  expect(decided(under('arn:aws:s3:::c/*'), OBJECT, null)).toBe('ALLOWED');
  // Of another account, its own RCPs count; here there are none.
  expect(decided(under('*'), OBJECT, '222222222222')).toBe('IMPLICIT_DENY RESOURCE_POLICY');
  for (const arn of ['*', 'arn:aws:s3:::b']) {
    expect(decided(under('*'), arn, null, true)).toBe(denied);
    expect(decided(under('arn:aws:s3:::b*'), arn, null, true)).toBe('ALLOWED');
  }
  const linked = session(A, 's1', '/aws-service-role/x.amazonaws.com/');
  expect(decided(under('*', linked), OBJECT, null)).toBe('ALLOWED');
});

test.each([
  ['iam:DeletePolicyVersion', 'arn:aws:iam::aws:policy/ReadOnlyAccess', false],
  ['iam:SetDefaultPolicyVersion', 'arn:aws-cn:iam::aws:policy/service-role/X', false],
  ['iam:TagPolicy', 'arn:aws:iam::aws:policy/ReadOnlyAccess', false],
  ['iam:GetPolicy', 'arn:aws:iam::aws:policy/ReadOnlyAccess', true],
  ['iam:DeletePolicy', `arn:aws:iam::${A}:policy/Mine`, true],
  ['iam:AttachRolePolicy', `arn:aws:iam::${A}:role/aws-reserved/sso.amazonaws.com/X`, false],
  ['iam:PutRolePermissionsBoundary', `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/X`, false],
  ['iam:UpdateAssumeRolePolicy', `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/X`, false],
  ['iam:UpdateRole', `arn:aws:iam::${A}:role/aws-reserved/sso.amazonaws.com/X`, false],
  ['iam:DeleteRole', `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/X`, false],
  ['iam:UpdateRoleDescription', `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/X`, true],
  ['iam:DeleteServiceLinkedRole', `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/X`, true],
  ['iam:PassRole', `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/X`, true],
  ['iam:DeleteRole', `arn:aws:iam::${A}:role/team/aws-service-role/X`, true],
  ['kms:CreateAlias', `arn:aws:kms:us-east-1:${A}:alias/aws/s3`, false],
  ['kms:DeleteAlias', `arn:aws:kms:us-east-1:${A}:alias/awsome`, true],
])('u: what belongs to AWS is changed by nobody, and no policy is said to deny it: %s on %s', (name, arn, allowed) => {
  const partition = arn.split(':')[1] ?? '';
  const facts = { ...root(A), partition, arn: `arn:${partition}:iam::${A}:root` };
  const resource = { ...base.resource, accountId: null, arn };
  for (const principal of [facts, { ...user(A), partition }]) {
    const q = { ...base, principal, action: action(name), identity: [doc(allow())], resource };
    const { effect, deniedBy, reason, matchedStatements, missingContextKeys } = engineDecision(q);
    expect({ effect, deniedBy }).toEqual({ effect: allowed ? 'ALLOWED' : 'IMPLICIT_DENY', deniedBy: null });
    if (allowed) continue;
    expect(reason).toMatch(
      / is not authorized to perform: .* on resource: .* because .* AWS, and nobody else changes /,
    );
    expect({ matchedStatements, missingContextKeys }).toEqual({ matchedStatements: [], missingContextKeys: [] });
  }
});

test('u: for the roles of AWS the reason names the error of its API', () => {
  const arn = `arn:aws:iam::${A}:role/aws-reserved/sso.amazonaws.com/X`;
  const q = {
    ...base,
    action: action('iam:DeleteRole'),
    identity: [doc(allow())],
    resource: { ...base.resource, arn },
  };
  expect(engineDecision(q).reason).toBe(
    `User: arn:aws:iam::${A}:user/alice is not authorized to perform: iam:DeleteRole on resource: ${arn} because the role belongs to AWS, and nobody else changes it: UnmodifiableEntity`,
  );
});
