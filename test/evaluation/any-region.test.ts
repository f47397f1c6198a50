/** Listings that AWS asks on an ARN of the Region that is called: of a question that names none, every Region is decided. */
import { expect, test } from 'vitest';
import { engineDecision } from '../support/engine.ts';
import type { Doc } from '../support/naive-evaluator.ts';
import { A, action, user } from '../support/world.ts';

const IN_EUROPE = { Resource: 'arn:aws:sns:eu-*:*:*' };
const ELSEWHERE = { NotResource: 'arn:aws:sns:eu-*:*:*' };
const EVERYWHERE = { Resource: '*' };

function decide(statements: readonly Doc[], context: Readonly<Record<string, string>> = {}, scp: readonly Doc[] = []) {
  const document = (list: readonly Doc[]): Doc => ({
    Version: '2012-10-17',
    Statement: list.map((one) => ({ Action: 'sns:ListTopics', ...one })),
  });
  return engineDecision({
    principal: user(A, 'alice'),
    action: action('sns:ListTopics', true),
    resource: { arn: '*', accountId: null, organization: null, tags: {}, policy: null, bindings: {}, rcp: null },
    identity: [document(statements)],
    boundary: null,
    session: null,
    scp: scp.length === 0 ? null : [[document(scp)]],
    context: new Map(Object.entries(context)),
    now: Date.UTC(2026, 10, 26),
    authority: 'directory',
  });
}
const indexes = (decision: ReturnType<typeof decide>) => decision.matchedStatements.map(({ index }) => index);

test('every Deny that matches in some Region is named, those of the layer that AWS names first in front', () => {
  const denies = [IN_EUROPE, ELSEWHERE].map((where) => ({ Effect: 'Deny', ...where }));
  const both = decide([{ Effect: 'Allow', ...EVERYWHERE }, ...denies]);
  expect(both).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY', missingContextKeys: [] });
  expect(indexes(both)).toEqual([1, 2]);
  expect(both.layers).toMatchObject([{ layer: 'IDENTITY_POLICY', effect: 'EXPLICIT_DENY' }]);
  expect(both.layers[0]?.matchedStatements.map(({ index }) => index)).toEqual([0, 1, 2]);
  const scp = [
    { Effect: 'Allow', ...EVERYWHERE },
    { Effect: 'Deny', ...ELSEWHERE },
  ];
  const layered = decide(
    [
      { Effect: 'Allow', ...EVERYWHERE },
      { Effect: 'Deny', ...IN_EUROPE },
    ],
    {},
    scp,
  );
  expect(layered.deniedBy).toBe('SERVICE_CONTROL_POLICY');
  expect(layered.reason).toContain('with an explicit deny in a service control policy');
  expect(layered.matchedStatements.map(({ layer }) => layer)).toEqual(['SERVICE_CONTROL_POLICY', 'IDENTITY_POLICY']);
});

test('where some Regions are denied, the Region would have told', () => {
  const statements = [
    { Effect: 'Allow', ...EVERYWHERE },
    { Effect: 'Deny', ...IN_EUROPE },
  ];
  expect(decide(statements)).toMatchObject({ effect: 'EXPLICIT_DENY', missingContextKeys: ['aws:RequestedRegion'] });
  expect(decide(statements, { 'aws:requestedregion': 'us-east-1' }).effect).toBe('ALLOWED');
  expect(decide(statements, { 'aws:requestedregion': 'eu-west-1' }).effect).toBe('EXPLICIT_DENY');
  const some = decide([{ Effect: 'Allow', ...IN_EUROPE }]);
  expect(some).toMatchObject({ effect: 'IMPLICIT_DENY', missingContextKeys: ['aws:RequestedRegion'] });
});

test('allowed is what is allowed in all, by what allows in all, or by what does together', () => {
  const parts = [IN_EUROPE, ELSEWHERE].map((where) => ({ Effect: 'Allow', ...where }));
  expect(indexes(decide([...parts, { Effect: 'Allow', ...EVERYWHERE }]))).toEqual([2]);
  const together = decide(parts);
  expect(together).toMatchObject({ effect: 'ALLOWED', deniedBy: null, missingContextKeys: [] });
  expect(indexes(together)).toEqual([0, 1]);
});
