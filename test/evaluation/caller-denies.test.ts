/** A Deny of a control policy that depends on the caller alone is decided once for each caller, and for nobody else. */
import { expect, test } from 'vitest';
import { authorize } from '../../src/evaluation/authorize.ts';
import type { Decision } from '../../src/evaluation/decision.ts';
import { preparePolicies, preparePrincipal, prepareResource, withToken } from '../../src/evaluation/prepare.ts';
import { Veil } from '../../src/evaluation/veil.ts';
import { controlLevel } from '../support/control-level.ts';
import { attach } from '../support/engine.ts';
import { A, action, user } from '../support/world.ts';

const document = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements }) as never;
const full = document({ Effect: 'Allow', Action: '*', Resource: '*' });
const unlessRed = { StringNotEquals: { 'aws:PrincipalTag/team': 'red' } };
const levels = [
  controlLevel('root', [
    attach(full, 'scp', 'full'),
    attach(
      document(
        { Effect: 'Deny', Action: 's3:Delete*', Resource: '*', Condition: unlessRed },
        {
          Effect: 'Deny',
          Action: 's3:Get*',
          Resource: 'arn:aws:s3:::secret/*',
          Condition: { ...unlessRed, Bool: { 'aws:SecureTransport': 'true' } },
        },
        {
          Effect: 'Deny',
          Action: 's3:Put*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } },
        },
      ),
      'scp',
      'denies',
    ),
  ]),
];
const policies = preparePolicies({
  identity: [attach(full, 'identity', 'full')],
  boundary: null,
  serviceControl: levels,
});
const prepared = (team: string) => preparePrincipal(user(A, 'alice', { team }), policies, null);
const resource = (arn: string) =>
  prepareResource({
    arn,
    accountId: A,
    organization: null,
    tags: null,
    policy: null,
    policyBindings: {},
    resourceControl: null,
  });
const open = resource('arn:aws:s3:::open/x');
const secret = resource('arn:aws:s3:::secret/x');

function effect(
  principal: ReturnType<typeof prepared>,
  name: string,
  about = open,
  context: Readonly<Record<string, string>> = {},
  authority: 'directory' | 'context' = 'directory',
): string {
  return decision(principal, name, about, context, authority).effect;
}

function decision(
  principal: ReturnType<typeof prepared>,
  name: string,
  about: typeof open,
  context: Readonly<Record<string, string>>,
  authority: 'directory' | 'context' = 'directory',
): Decision {
  const facts = { context: new Map(Object.entries(context)), now: Date.UTC(2026, 10, 26), authority };
  return authorize(principal, action(name), about, facts);
}

test('callers with the same policies have answers of their own', () => {
  const red = prepared('red');
  const blue = prepared('blue');
  for (let time = 0; time < 2; time += 1) {
    expect(effect(red, 's3:DeleteObject')).toBe('ALLOWED');
    expect(effect(blue, 's3:DeleteObject')).toBe('EXPLICIT_DENY');
    expect(effect(blue, 's3:GetObject')).toBe('ALLOWED');
  }
});

test('what else the Deny depends on is looked at in each request', () => {
  const blue = prepared('blue');
  const safely = { 'aws:securetransport': 'true' };
  expect(effect(blue, 's3:GetObject', secret, safely)).toBe('EXPLICIT_DENY');
  expect(effect(blue, 's3:GetObject', secret, { 'aws:securetransport': 'false' })).toBe('ALLOWED');
  expect(effect(blue, 's3:GetObject', open, safely)).toBe('ALLOWED');
  expect(effect(prepared('red'), 's3:GetObject', secret, safely)).toBe('ALLOWED');
});

test('a simulation that gives the tag is decided by it, and changes no later answer', () => {
  const red = prepared('red');
  const blue = { 'aws:principaltag/team': 'blue' };
  expect(effect(red, 's3:DeleteObject', open, blue, 'context')).toBe('EXPLICIT_DENY');
  expect(effect(red, 's3:DeleteObject', open, blue)).toBe('ALLOWED');
  expect(effect(red, 's3:DeleteObject', open, blue, 'context')).toBe('EXPLICIT_DENY');
});

test('credentials with another time of issue are another caller', () => {
  const red = prepared('red');
  expect(effect(red, 's3:PutObject')).toBe('ALLOWED');
  expect(effect(withToken(red, Date.UTC(2025, 5, 1)), 's3:PutObject')).toBe('EXPLICIT_DENY');
  expect(effect(withToken(red, Date.UTC(2026, 5, 1)), 's3:PutObject')).toBe('ALLOWED');
});

test('a denial names every Deny that applies, in the order of the documents, however often it is asked', () => {
  const only = { StringEquals: { 'aws:PrincipalTag/team': 'blue' } };
  const safely = { Bool: { 'aws:SecureTransport': 'true' } };
  const deny = (Sid: string, more: object) => ({ Sid, Effect: 'Deny', Action: 's3:*', Resource: '*', ...more });
  const denying = document(
    deny('OfRequest', { Condition: safely }),
    deny('OfCaller', { Condition: only }),
    deny('OfOthers', { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'green' } } }),
    deny('OfBoth', { Condition: { ...only, ...safely } }),
    deny('Elsewhere', { Condition: only, Resource: 'arn:aws:s3:::secret/*' }),
    deny('Always', {}),
  );
  const serviceControl = [controlLevel('root', [attach(full, 'scp', 'full'), attach(denying, 'scp', 'denying')])];
  const blue = preparePrincipal(
    user(A, 'alice', { team: 'blue' }),
    preparePolicies({ ...policies.source, serviceControl }),
    null,
  );
  const sids = (transport: string) =>
    decision(blue, 's3:GetObject', open, { 'aws:securetransport': transport }).matchedStatements.map(({ sid }) => sid);
  for (let time = 0; time < 2; time += 1) {
    expect(sids('true')).toEqual(['OfRequest', 'OfCaller', 'OfBoth', 'Always']);
    expect(sids('false')).toEqual(['OfCaller', 'Always']);
  }
});

test('a condition behind a veil is looked at in each request', () => {
  const outside = { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } };
  const denying = document({ Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: outside });
  const serviceControl = [controlLevel('root', [attach(full, 'scp', 'full'), attach(denying, 'scp', 'denying')])];
  const alice = preparePrincipal(user(A), preparePolicies({ ...policies.source, serviceControl }), null);
  // The call comes from the VPC, and has its value where the question gives one.
  const veil = new Veil(new Map([['aws:sourcevpc', 'vpc-1']]), null, () => false);
  const veiled = veil.asItself.principal(alice);
  expect(effect(veiled, 's3:GetObject', open, {})).toBe('EXPLICIT_DENY');
  expect(effect(veiled, 's3:GetObject', open, { 'aws:sourcevpc': 'vpc-2' })).toBe('ALLOWED');
  expect(effect(veiled, 's3:GetObject', open, {})).toBe('EXPLICIT_DENY');
});
