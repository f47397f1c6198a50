/** A Deny of a control policy that depends on the caller alone is decided once for each caller, and for nobody else. */
import { expect, test } from 'vitest';
import { authorize } from '../../src/evaluation/authorize.ts';
import { preparePolicies, preparePrincipal, prepareResource, withToken } from '../../src/evaluation/prepare.ts';
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
  const facts = { context: new Map(Object.entries(context)), now: Date.UTC(2026, 10, 26), authority };
  return authorize(principal, action(name), about, facts).effect;
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
