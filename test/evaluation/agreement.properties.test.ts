import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { deniedAtOf, engineDecision, outcomeOf } from '../support/engine.ts';
import { requests, requestsThroughAccessPoints } from '../support/generated-requests.ts';
import { type NaiveRequest, naiveAuthorize, naiveDeniedAt } from '../support/naive-evaluator.ts';
import { nearOutcomes, OUTCOMES } from '../support/outcome-examples.ts';

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

/** Decisions by day. The count ends it, never the time. */
const BY_DAY = 20_000;

const RUNS = AT_NIGHT
  ? {
      numRuns: Number(DECISIONS ?? 1_000_000),
      interruptAfterTimeLimit: MOST_SECONDS * 1000,
      markInterruptAsFailure: false,
    }
  : { numRuns: BY_DAY };
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

/** Both evaluators agree; the outcome on which they do. */
function agreed(q: NaiveRequest): string {
  const decision = engineDecision(q);
  expect(outcomeOf(decision)).toEqual(naiveAuthorize(q));
  expect(deniedAtOf(decision)).toEqual(naiveDeniedAt(q));
  return `${decision.effect} ${decision.deniedBy}`;
}

// One of each, so that no seed decides whether an outcome is looked at.
test.each(Object.entries(OUTCOMES))('both say %s', (outcome, q) => {
  expect(agreed(q)).toBe(outcome);
});

test('the engine and the naive evaluator agree on effect, layer, levels and statements', () => {
  const seen = new Map<string, number>();
  let made = 0;
  const any = fc.oneof(
    { weight: 8, arbitrary: requests },
    { weight: 1, arbitrary: nearOutcomes(requests) },
    { weight: 1, arbitrary: requestsThroughAccessPoints },
  );
  fc.assert(
    fc.property(any, (q) => {
      const outcome = agreed(q);
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      made += 1;
      if (AT_NIGHT && made % EVERY === 0) show(counts(seen), false);
    }),
    RUNS,
  );
  if (AT_NIGHT) show(counts(seen), true);
  // A world in which some outcome never comes up would prove nothing about it. A run that ends early has not seen them all.
  const missed = Object.keys(OUTCOMES).filter((outcome) => !seen.has(outcome));
  expect(made < BY_DAY ? [] : missed).toEqual([]);
});
