import type { Steps } from '../policy/steps.ts';
import { ONE, RUN, type Token } from './wildcard.ts';

/** The position after the last place of a pattern. */
const END = -3;
/** Places that `tokensOf` does not make: wildcards that match no colon, as in the first five parts of an ARN condition. */
export const PART_RUN = -4;
export const PART_ONE = -5;
/** Added to the code of a letter in lower case: the place matches it in either case. */
const EITHER_CASE = 0x10000;
const COLON = 58;

/** The same places, compared without case. */
export function inEitherCase(tokens: readonly Token[]): readonly Token[] {
  return tokens.map((token) => {
    if (typeof token === 'string' || token < 0) return token;
    const [lower, upper] = casesOf(token);
    return lower === upper ? token : EITHER_CASE + lower;
  });
}

function casesOf(code: number): readonly [lower: number, upper: number] {
  const char = String.fromCharCode(code);
  return [char.toLowerCase().charCodeAt(0), char.toUpperCase().charCodeAt(0)];
}

/** Steps after which the search gives up. A question about some hundred ordinary patterns takes some ten thousand. */
const MOST_STEPS = 1_000_000;

/** Cells after which the search gives up. */
const MOST_CELLS = 4096;

/**
 * The texts that `pattern` matches, as cells: the same ones of `others` match all texts of a cell. Returns one of the shortest
 * texts of each cell that has one; the empty text is left out. A result that depends only on which of `others` match is
 * then known for every text that `pattern` matches. Null: there are too many cells, or a policy variable prevents it.
 *
 * All patterns are followed at once, character by character: a state is the set of their current places, and only
 * characters that one of them expects next make a difference.
 */
export function* cellsOf(
  pattern: readonly Token[],
  others: readonly (readonly Token[])[],
): Steps<readonly string[] | null> {
  const places: number[] = [];
  const starts: number[] = [];
  for (const tokens of [pattern, ...others]) {
    starts.push(places.length);
    for (const token of tokens) {
      if (typeof token === 'string') return null;
      places.push(token);
    }
    places.push(END);
  }
  return yield* new Machine(places, pattern.length).cells(starts);
}

class Machine {
  readonly #places: readonly number[];
  readonly #end: number;

  /** `end`: the place at which the first pattern has matched. */
  constructor(places: readonly number[], end: number) {
    this.#places = places;
    this.#end = end;
  }

  *cells(starts: readonly number[]): Steps<readonly string[] | null> {
    const found = new Map<string, string>();
    const first = this.#closed(starts);
    // Not the first state: some text can lead back to it, and the empty text does not count.
    const known = new Set<string>();
    const queue: { readonly state: readonly number[]; readonly text: string }[] = [{ state: first, text: '' }];
    let steps = 0;
    for (const { state, text } of queue) {
      if (text !== '' && state.includes(this.#end)) {
        const cell = state.filter((place) => this.#places[place] === END).join();
        if (!found.has(cell)) found.set(cell, text);
        if (found.size > MOST_CELLS) return null;
      }
      for (const char of this.#charactersAt(state)) {
        steps += state.length;
        yield state.length;
        if (steps > MOST_STEPS) return null;
        const next = this.#after(state, char);
        // The first pattern comes first: without a place in it, it matches no continuation.
        if ((next[0] ?? Number.POSITIVE_INFINITY) > this.#end) continue;
        const key = next.join();
        if (known.has(key)) continue;
        known.add(key);
        queue.push({ state: next, text: text + String.fromCharCode(char) });
      }
    }
    return [...found.values()];
  }

  /** The characters that some pattern expects, and one that no pattern expects. */
  #charactersAt(state: readonly number[]): readonly number[] {
    const awaited = new Set<number>();
    let any = false;
    for (const place of state) {
      const token = this.#places[place] ?? END;
      if (token >= EITHER_CASE) for (const code of casesOf(token - EITHER_CASE)) awaited.add(code);
      else if (token >= 0) awaited.add(token);
      else if (place < this.#end) any = true;
      if (token === PART_RUN || token === PART_ONE) awaited.add(COLON);
    }
    return any ? [...awaited, unlike(awaited)] : [...awaited];
  }

  #after(state: readonly number[], char: number): readonly number[] {
    const next: number[] = [];
    for (const place of state) {
      const token = this.#places[place];
      if (token === RUN || (token === PART_RUN && char !== COLON)) next.push(place);
      else if (token !== undefined && matchesOne(token, char)) next.push(place + 1);
    }
    return this.#closed(next);
  }

  /** Sorted and unique, including the places reached by runs that match nothing. */
  #closed(places: readonly number[]): readonly number[] {
    const all = new Set<number>();
    for (const place of places) {
      all.add(place);
      for (let at = place; this.#places[at] === RUN || this.#places[at] === PART_RUN; at += 1) all.add(at + 1);
    }
    return [...all].sort((a, b) => a - b);
  }
}

function matchesOne(token: number, char: number): boolean {
  if (token === ONE) return true;
  if (token === PART_ONE) return char !== COLON;
  return token >= EITHER_CASE ? casesOf(char)[0] === token - EITHER_CASE : token === char;
}

const ORDINARY = 'x0abcdefghijklmnopqrstuvwyz123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-.'
  .split('')
  .map((char) => char.charCodeAt(0));

/** A character that is not one of those. */
function unlike(chars: ReadonlySet<number>): number {
  for (const char of ORDINARY) if (!chars.has(char)) return char;
  let char = 0xc0;
  while (chars.has(char)) char += 1;
  return char;
}
