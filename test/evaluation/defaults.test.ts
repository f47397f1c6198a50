/**
 * Where AWS's own text is silent or contradicts itself, one behaviour is chosen. Each choice is one test here, so that
 * changing one is a decision and not an accident. Those that are not about deciding stand with what they are about: m (the
 * longest source identity) and o (the packed size of a session) in test/session/assume-role.test.ts, q (which services have
 * policies of resources) in test/catalog/policy-holders.test.ts.
 */
import { expect, test } from 'vitest';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { validatePolicy } from '../../src/policy/validate.ts';
import { engineDecision } from '../support/engine.ts';
import type { Doc, NaiveRequest } from '../support/naive-evaluator.ts';
import { A, action, federated, role, session, user } from '../support/world.ts';

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

test('c: NotPrincipal spares a caller only when everything it is at once is listed', () => {
  const chain = [A, role(A).arn, SESSION_ARN];
  const hit = (AWS: readonly string[]) => {
    return decide({
      principal: session(A),
      identity: [doc(allow())],
      policy: doc({ Effect: 'Deny', NotPrincipal: { AWS }, Action: '*', Resource: '*' }),
    });
  };
  expect(hit(chain)).toBe('ALLOWED');
  for (const left of chain) expect(hit(chain.filter((one) => one !== left))).toBe('EXPLICIT_DENY RESOURCE_POLICY');
});

test('d: a short ARN is filled up with stars where the kind of policy takes it; a star does not cross colons otherwise', () => {
  const queue = { arn: `arn:aws:sqs:us-east-1:${A}:q`, action: action('sqs:SendMessage') };
  const identity = (Resource: string) => decide({ ...queue, identity: [doc(allow({ Resource }))] });
  expect(identity('arn:aws:sqs:us-east-1:*')).toBe('ALLOWED');
  expect(identity('arn:aws:sqs')).toBe('ALLOWED');
  expect(identity('arn:aws:*')).toBe('ALLOWED');
  expect(identity('arn:aws:*:q')).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  expect(identity('arn:aws:sqs:*:q:*')).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  const resource = (Resource: string) => decide({ ...queue, policy: doc(allow({ Principal: '*', Resource })) });
  expect(resource('arn:aws:sqs:us-east-1:*')).toBe('ALLOWED');
  expect(resource('arn:aws:sqs')).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  const scp = (Resource: string) => decide({ ...queue, identity: [doc(allow())], scp: [[doc(allow({ Resource }))]] });
  expect(scp('arn:aws:sqs:*')).toBe('ALLOWED');
  expect(scp('arn:aws:sqs')).toBe('IMPLICIT_DENY SERVICE_CONTROL_POLICY');
  const rcp = (Resource: string) =>
    decide({
      ...queue,
      identity: [doc(allow())],
      resource: { ...base.resource, rcp: [[doc(deny({ Principal: '*', Action: 'sqs:*', Resource }))]] },
    });
  expect(rcp('arn:aws:sqs:*')).toBe('ALLOWED');
  expect(rcp('arn:aws:sqs:*:*:*')).toBe('EXPLICIT_DENY RESOURCE_CONTROL_POLICY');
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
  ['NumericNotEquals', 'k:n', '10', 'five'],
  ['DateNotEquals', 'k:d', 'yesterday', '2026-01-01'],
  ['NotIpAddress', 'aws:SourceIp', 'localhost', '10.0.0.0/8'],
  ['DateNotEquals', 'k:d', '2026-01-01', 'yesterday'],
  ['NotIpAddress', 'aws:SourceIp', '10.0.0.1', 'localhost'],
  ['ArnNotLike', 'aws:SourceArn', 'no-arn', 'arn:aws:s3:::b'],
  ['ArnNotLike', 'aws:SourceArn', 'arn:aws:s3:::b', 'no-arn'],
  ['ArnNotEquals', 'aws:SourceArn', 'arn:aws:s3:::b', 'arn:aws:s3'],
  ['ArnNotEquals', 'aws:SourceArn', 'arn:aws:s3:::b', 'arn:aws:${aws:username}'],
])(
  'g: a negated operator with a value of the wrong type does not match: %s %s %s %s',
  (operator, key, given, wanted) => {
    const identity = [doc(allow({ Condition: { [operator]: { [key]: wanted } } }))];
    expect(decide({ identity, context: withContext({ [key]: given }) })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
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

test('j: sessions of sts:AssumeRole and sts:GetFederationToken know nothing of MFA, whatever the request says', () => {
  const absent = { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': 'true' };
  const unproved = [doc(allow({ Condition: { Null: absent } }))];
  const proved = [doc(allow({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }))];
  const recently = [doc(allow({ Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } } }))];
  const context = withContext({ 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '10' });
  const inRole = { principal: session(A), context };
  const asFederated = { principal: federated(A), session: [doc(allow())], context };
  for (const caller of [{ principal: session(A) }, inRole, asFederated]) {
    expect(decide({ ...caller, identity: unproved })).toBe('ALLOWED');
    expect(decide({ ...caller, identity: proved })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
    expect(decide({ ...caller, identity: recently })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
  }
  // A user may have proved it: with a long-term key nothing is known, with credentials of sts:GetSessionToken it is.
  expect(decide({ identity: unproved })).toBe('ALLOWED');
  for (const identity of [proved, recently]) {
    expect(decide({ identity })).toBe('IMPLICIT_DENY IDENTITY_POLICY');
    expect(decide({ identity, context })).toBe('ALLOWED');
  }
  // In a simulation the context counts before what follows from the caller.
  expect(decide({ ...inRole, identity: proved, authority: 'context' })).toBe('ALLOWED');
});

test('j: to a role session no MFA key is missing', () => {
  const identity = [doc(allow({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }))];
  const missing = (q: Partial<NaiveRequest>) => engineDecision({ ...base, ...q, identity }).missingContextKeys;
  expect(missing({ principal: session(A) })).toEqual([]);
  expect(missing({})).toEqual(['aws:MultiFactorAuthPresent']);
  expect(missing({ principal: session(A), authority: 'context' })).toEqual(['aws:MultiFactorAuthPresent']);
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

test('an operator that does not exist never matches', () => {
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
