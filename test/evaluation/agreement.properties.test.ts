import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { deniedAtOf, engineDecision, outcomeOf } from '../support/engine.ts';
import { requests } from '../support/generated-requests.ts';
import { naiveAuthorize, naiveDeniedAt } from '../support/naive-evaluator.ts';

/**
 * A night's run. ROLEGATE_FUZZ_SECONDS says for how long at most, ROLEGATE_FUZZ_DECISIONS for how many decisions, a million if it is
 * left out: it ends with whichever comes first, and prints how many it has compared. See also test/policy/fuzz.test.ts.
 */
const SECONDS = process.env['ROLEGATE_FUZZ_SECONDS'];
const DECISIONS = process.env['ROLEGATE_FUZZ_DECISIONS'];
const AT_NIGHT = SECONDS !== undefined || DECISIONS !== undefined;
/** Without an end in time, it goes on until all decisions are made: a million take half an hour to an hour. */
const MOST_SECONDS = SECONDS === undefined ? 12 * 3600 : Number(SECONDS);
// A loaded machine is slow; how fast this is, the benchmark says.
vi.setConfig({ testTimeout: 300_000 + (AT_NIGHT ? MOST_SECONDS * 1000 : 0) });

/** Decisions: 20,000 in CI. */
const RUNS = AT_NIGHT
  ? {
      numRuns: Number(DECISIONS ?? 1_000_000),
      interruptAfterTimeLimit: MOST_SECONDS * 1000,
      markInterruptAsFailure: false,
    }
  : { numRuns: process.env['CI'] === undefined ? 3_000 : 20_000 };
const EVERY = 10_000;

/** A line that is written over on a terminal; elsewhere only the last one is written, straight to the process: vitest holds back. */
function show(line: string, isLast: boolean): void {
  if (isatty(1)) writeSync(1, `\r${line}${isLast ? '\n' : ''}`);
  else if (isLast) writeSync(1, `${line}\n`);
}

function counts(seen: ReadonlyMap<string, number>): string {
  const total = [...seen.values()].reduce((sum, one) => sum + one, 0);
  const of = (effect: string): string => {
    const found = [...seen].filter(([outcome]) => outcome.startsWith(effect)).map(([, count]) => count);
    return found.reduce((sum, one) => sum + one, 0).toLocaleString('en');
  };
  const effects = `${of('ALLOWED')} allowed, ${of('IMPLICIT')} denied implicitly, ${of('EXPLICIT')} explicitly`;
  return `${total.toLocaleString('en')} decisions agree: ${effects}; ${seen.size} outcomes`;
}

test('the engine and the naive evaluator agree on effect, layer, levels and statements', () => {
  const seen = new Map<string, number>();
  let made = 0;
  fc.assert(
    fc.property(requests, (q) => {
      const expected = naiveAuthorize(q);
      const decision = engineDecision(q);
      const outcome = `${decision.effect} ${decision.deniedBy}`;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      expect(outcomeOf(decision)).toEqual(expected);
      expect(deniedAtOf(decision)).toEqual(naiveDeniedAt(q));
      made += 1;
      if (AT_NIGHT && made % EVERY === 0) show(counts(seen), false);
    }),
    RUNS,
  );
  if (AT_NIGHT) show(counts(seen), true);
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
