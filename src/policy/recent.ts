import { textHash } from './text-hash.ts';

/** A power of two. */
const PLACES = 8192;
/** Longer texts are not kept. */
const LONGEST = 512;

/**
 * What was last made of a text. Each text has one place, and sends the one that was there to the place beside it: nothing grows or has
 * to be looked for, so that keeping costs next to nothing even where texts never return.
 */
export class Recent<T> {
  #texts: (string | undefined)[] = [];
  #results: (T | undefined)[] = [];

  get(text: string): T | undefined {
    const place = placeOf(text);
    if (this.#texts[place] === text) return this.#results[place];
    return this.#texts[place ^ 1] === text ? this.#results[place ^ 1] : undefined;
  }

  set(text: string, result: T): void {
    if (text.length > LONGEST) return;
    if (this.#texts.length === 0) {
      this.#texts = Array.from({ length: PLACES });
      this.#results = Array.from({ length: PLACES });
    }
    const place = placeOf(text);
    const there = this.#texts[place];
    if (there !== undefined && there !== text) {
      this.#texts[place ^ 1] = there;
      this.#results[place ^ 1] = this.#results[place];
    }
    this.#texts[place] = text;
    this.#results[place] = result;
  }

  clear(): void {
    this.#texts = [];
    this.#results = [];
  }
}

function placeOf(text: string): number {
  return textHash(text) & (PLACES - 1);
}
