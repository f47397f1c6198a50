import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { engineDecision } from '../support/engine.ts';
import { naiveAuthorize } from '../support/naive-evaluator.ts';
import { requests } from '../support/world.ts';

const RUNS = 5_000;

test('the engine and the naive evaluator agree on effect and layer', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(requests, (q) => {
      const expected = naiveAuthorize(q);
      const { effect, deniedBy } = engineDecision(q);
      const outcome = `${effect} ${deniedBy}`;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      expect({ effect, deniedBy }).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
  // A world in which some outcome never comes up would prove nothing about it.
  for (const outcome of [
    'ALLOWED null',
    'EXPLICIT_DENY SERVICE_CONTROL_POLICY',
    'EXPLICIT_DENY RESOURCE_CONTROL_POLICY',
    'EXPLICIT_DENY PERMISSIONS_BOUNDARY',
    'EXPLICIT_DENY SESSION_POLICY',
    'EXPLICIT_DENY RESOURCE_POLICY',
    'EXPLICIT_DENY IDENTITY_POLICY',
    'IMPLICIT_DENY SERVICE_CONTROL_POLICY',
    'IMPLICIT_DENY PERMISSIONS_BOUNDARY',
    'IMPLICIT_DENY SESSION_POLICY',
    'IMPLICIT_DENY RESOURCE_POLICY',
    'IMPLICIT_DENY TRUST_POLICY',
    'IMPLICIT_DENY IDENTITY_POLICY',
  ]) {
    expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
  }
});
