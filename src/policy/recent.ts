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

/** FNV-1a over the end, where names differ most, and every fourth character before it. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5 ^ text.length;
  const end = Math.max(0, text.length - 12);
  for (let i = 0; i < end; i += 4) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  for (let i = end; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}
