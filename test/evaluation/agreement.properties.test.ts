import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { deniedAtOf, engineDecision, outcomeOf } from '../support/engine.ts';
import { requests } from '../support/generated-requests.ts';
import { naiveAuthorize, naiveDeniedAt } from '../support/naive-evaluator.ts';

/** A night's run: for how long at most. See also test/policy/fuzz.test.ts. */
const SECONDS = process.env['ROLEGATE_FUZZ_SECONDS'];
// A loaded machine is slow; how fast this is, the benchmark says.
vi.setConfig({ testTimeout: 300_000 + Number(SECONDS ?? 0) * 1000 });

/** Decisions: a million at night, 20,000 in CI. */
const RUNS =
  SECONDS === undefined
    ? { numRuns: process.env['CI'] === undefined ? 3_000 : 20_000 }
    : { numRuns: 1_000_000, interruptAfterTimeLimit: Number(SECONDS) * 1000, markInterruptAsFailure: false };

test('the engine and the naive evaluator agree on effect, layer, levels and statements', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(requests, (q) => {
      const expected = naiveAuthorize(q);
      const decision = engineDecision(q);
      const outcome = `${decision.effect} ${decision.deniedBy}`;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      expect(outcomeOf(decision)).toEqual(expected);
      expect(deniedAtOf(decision)).toEqual(naiveDeniedAt(q));
    }),
    RUNS,
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
    'IMPLICIT_DENY BLOCK_PUBLIC_ACCESS',
    'IMPLICIT_DENY PERMISSIONS_BOUNDARY',
    'IMPLICIT_DENY SESSION_POLICY',
    'IMPLICIT_DENY RESOURCE_POLICY',
    'IMPLICIT_DENY TRUST_POLICY',
    'IMPLICIT_DENY IDENTITY_POLICY',
  ];
  expect(wanted.filter((outcome) => !seen.has(outcome))).toEqual([]);
});
