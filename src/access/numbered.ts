/** Two numbers below it make one below 2^52. */
const MOST = 2 ** 26;
/** Pairs that are kept. Where there are more, equal ones may have several numbers: more is decided than is needed, and nothing else. */
const MOST_PAIRS = 2 ** 22;

/** Numbers for combinations: equal ones for equal parts. */
export class Numbered {
  readonly #pairs = new Map<number, number>();
  readonly #texts = new Map<string, number>();
  #next = 1;

  text(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const number = this.fresh();
    this.#texts.set(text, number);
    return number;
  }

  pair(one: number, other: number): number {
    if (one >= MOST || other >= MOST) return this.fresh();
    const key = one * MOST + other;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const number = this.fresh();
    if (this.#pairs.size >= MOST_PAIRS) this.#pairs.clear();
    this.#pairs.set(key, number);
    return number;
  }

  /** A number that nothing else has. */
  fresh(): number {
    this.#next += 1;
    return this.#next;
  }
}
