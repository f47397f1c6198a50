/** Two numbers below it make one below 2^52. */
const MOST = 2 ** 26;

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
    const key = one * MOST + other;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const number = this.fresh();
    this.#pairs.set(key, number);
    return number;
  }

  /** A number that nothing else has. */
  fresh(): number {
    this.#next += 1;
    return this.#next;
  }
}
