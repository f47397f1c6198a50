import { ONE_STEP, type Steps } from '../../policy/steps.ts';

/** A part of a clause: whether it holds for each value of one dimension. */
export interface Literal {
  readonly dimension: number;
  readonly holds: readonly boolean[];
}

/** It holds if all its literals do; without literals it always holds. */
export type Clause = readonly Literal[];

/** One value of each dimension is to be chosen so that these clauses hold and those do not. */
export interface ClauseProblem {
  /** Number of values of each dimension. */
  readonly sizes: readonly number[];
  readonly hold: readonly Clause[];
  readonly fail: readonly Clause[];
}

/** The index of a value for each dimension. `none`: there is no choice. `tooMany`: the search was given up. */
export type Choice = readonly number[] | 'none' | 'tooMany';

/** Whether the choice makes all of these clauses fail. */
export function failsAll(choice: readonly number[], clauses: readonly Clause[]): boolean {
  return clauses.every((clause) => clause.some(({ dimension, holds }) => holds[choice[dimension] ?? 0] !== true));
}

/** Partial choices that are tried before the search is given up. */
const MOST_TRIED = 100_000;

/**
 * Finds a choice. Values that make the same clauses fail count as one, and a value that makes fewer fail than another one is left
 * out: so that the search is short although the choices are many.
 */
export function* choose({ sizes, hold, fail }: ClauseProblem): Steps<Choice> {
  const alive = sizes.map((size, dimension) => aliveValues(size, dimension, hold));
  if (alive.some((values) => values.length === 0)) return 'none';
  const open: Clause[] = [];
  for (const [i, clause] of fail.entries()) {
    if (i % ONE_STEP === ONE_STEP - 1) yield ONE_STEP;
    const state = among(clause, alive);
    if (state === 'holds') return 'none';
    if (state !== 'fails') open.push(state);
  }
  const few = alive.map((values, dimension) => worthTrying(values, dimension, open));
  yield open.length;
  const search = new Search(few, open);
  const found = yield* search.from(
    0,
    few.map(() => -1),
  );
  if (found === null) return search.tried > MOST_TRIED ? 'tooMany' : 'none';
  return found.map((value, dimension) => (value >= 0 ? value : (few[dimension]?.[0] ?? 0)));
}

function aliveValues(size: number, dimension: number, hold: readonly Clause[]): readonly number[] {
  const literals = hold.flat().filter((literal) => literal.dimension === dimension);
  return Array.from({ length: size }, (_, value) => value).filter((value) =>
    literals.every(({ holds }) => holds[value] === true),
  );
}

/** The literals that some value of those fulfils and another one does not; or what all values make of the clause. */
function among(clause: Clause, alive: readonly (readonly number[])[]): Clause | 'holds' | 'fails' {
  const open: Literal[] = [];
  for (const literal of clause) {
    const values = alive[literal.dimension] ?? [];
    if (values.every((value) => literal.holds[value] !== true)) return 'fails';
    if (values.some((value) => literal.holds[value] !== true)) open.push(literal);
  }
  return open.length === 0 ? 'holds' : open;
}

/** Without values that make no more clauses fail than another one does. */
function worthTrying(values: readonly number[], dimension: number, clauses: readonly Clause[]): readonly number[] {
  const literals = clauses.flat().filter((literal) => literal.dimension === dimension);
  if (literals.length === 0) return values.slice(0, 1);
  const kept: { readonly value: number; readonly fails: ReadonlySet<number> }[] = [];
  for (const value of values) {
    const fails = new Set(literals.flatMap(({ holds }, i) => (holds[value] === true ? [] : [i])));
    if (kept.some((other) => isWithin(fails, other.fails))) continue;
    for (let i = kept.length - 1; i >= 0; i -= 1) if (isWithin(kept[i]?.fails ?? NONE, fails)) kept.splice(i, 1);
    kept.push({ value, fails });
  }
  return kept.map(({ value }) => value);
}

function isWithin(some: ReadonlySet<number>, all: ReadonlySet<number>): boolean {
  for (const one of some) if (!all.has(one)) return false;
  return true;
}

class Search {
  readonly #values: readonly (readonly number[])[];
  readonly #clauses: readonly Clause[];
  tried = 0;

  constructor(values: readonly (readonly number[])[], clauses: readonly Clause[]) {
    this.#values = values;
    this.#clauses = clauses;
  }

  /** `chosen`: the value of each dimension, -1 where none is chosen yet; clauses before `next` fail already. */
  *from(next: number, chosen: readonly number[]): Steps<readonly number[] | null> {
    this.tried += 1;
    if (this.tried > MOST_TRIED) return null;
    if (this.tried % TRIED_IN_A_STEP === 0) yield TRIED_IN_A_STEP;
    const at = this.#firstOpen(next, chosen);
    const clause = this.#clauses[at];
    if (clause === undefined) return chosen;
    for (const { dimension, holds } of clause) {
      if ((chosen[dimension] ?? -1) >= 0) continue;
      for (const value of this.#values[dimension] ?? []) {
        if (holds[value] === true) continue;
        const found = yield* this.from(at + 1, chosen.with(dimension, value));
        if (found !== null) return found;
      }
    }
    return null;
  }

  /** The first clause that no chosen value makes fail. */
  #firstOpen(next: number, chosen: readonly number[]): number {
    for (let i = next; i < this.#clauses.length; i += 1) {
      const fails = this.#clauses[i]?.some(({ dimension, holds }) => {
        const value = chosen[dimension] ?? -1;
        return value >= 0 && holds[value] !== true;
      });
      if (fails !== true) return i;
    }
    return this.#clauses.length;
  }
}

const NONE: ReadonlySet<number> = new Set();

const TRIED_IN_A_STEP = 16;
