import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { engineDecision, outcomeOf } from '../support/engine.ts';
import { naiveAuthorize } from '../support/naive-evaluator.ts';
import { requests } from '../support/world.ts';

// A loaded machine is slow; how fast this is, the benchmark says.
vi.setConfig({ testTimeout: 300_000 });

const RUNS = 2_000;

test('the engine and the naive evaluator agree on effect, layer and statements', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(requests, (q) => {
      const expected = naiveAuthorize(q);
      const decision = engineDecision(q);
      const outcome = `${decision.effect} ${decision.deniedBy}`;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      expect(outcomeOf(decision)).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
  // A world in which some outcome never comes up would prove nothing about it.
  const wanted = [
    'ALLOWED null',
    'EXPLICIT_DENY SERVICE_CONTROL_POLICY',
    'EXPLICIT_DENY RESOURCE_CONTROL_POLICY',
    'EXPLICIT_DENY VPC_ENDPOINT_POLICY',
    'EXPLICIT_DENY PERMISSIONS_BOUNDARY',
    'EXPLICIT_DENY SESSION_POLICY',
    'EXPLICIT_DENY RESOURCE_POLICY',
    'EXPLICIT_DENY IDENTITY_POLICY',
    'IMPLICIT_DENY SERVICE_CONTROL_POLICY',
    'IMPLICIT_DENY VPC_ENDPOINT_POLICY',
    'IMPLICIT_DENY PERMISSIONS_BOUNDARY',
    'IMPLICIT_DENY SESSION_POLICY',
    'IMPLICIT_DENY RESOURCE_POLICY',
    'IMPLICIT_DENY TRUST_POLICY',
    'IMPLICIT_DENY IDENTITY_POLICY',
  ];
  expect(wanted.filter((outcome) => !seen.has(outcome))).toEqual([]);
});
