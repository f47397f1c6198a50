import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, type Clause, type ClauseProblem, choose } from '../../src/analysis/grants/clauses.ts';
import { finished } from '../../src/policy/steps.ts';

const SIZES = [3, 2, 4];

const clause: fc.Arbitrary<Clause> = fc.array(
  fc
    .nat({ max: SIZES.length - 1 })
    .chain((dimension) =>
      fc
        .array(fc.boolean(), { minLength: SIZES[dimension] ?? 0, maxLength: SIZES[dimension] ?? 0 })
        .map((holds) => ({ dimension, holds })),
    ),
  { maxLength: 3 },
);

function holdsAt(clause: Clause, choice: readonly number[]): boolean {
  return clause.every(({ dimension, holds }) => holds[choice[dimension] ?? 0] === true);
}

function fitsAt({ hold, fail }: ClauseProblem, choice: readonly number[]): boolean {
  return hold.every((one) => holdsAt(one, choice)) && !fail.some((one) => holdsAt(one, choice));
}

const every: readonly (readonly number[])[] = SIZES.reduce<readonly (readonly number[])[]>(
  (choices, size) => choices.flatMap((choice) => Array.from({ length: size }, (_, value) => [...choice, value])),
  [[]],
);

describe('choose', () => {
  it('finds a choice exactly if trying all of them does', () => {
    fc.assert(
      fc.property(fc.array(clause, { maxLength: 2 }), fc.array(clause, { maxLength: 5 }), (hold, fail) => {
        const problem = { sizes: SIZES, hold, fail };
        const found: Choice = finished(choose(problem));
        const isThere = every.some((choice) => fitsAt(problem, choice));
        expect(typeof found === 'string' ? found : fitsAt(problem, found)).toBe(isThere ? true : 'none');
      }),
      { numRuns: 500 },
    );
  });
});
