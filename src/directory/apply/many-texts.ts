import { textHash } from '../../policy/text-hash.ts';

/** A power of two. */
const PARTS = 64;

/**
 * A Map by texts, in which nothing is deleted, for very many. When a Map has 65,536 entries and gets one more, that one takes 30 ms:
 * it moves all that is in it. This one is in parts, each of which moves its own alone.
 */
export class ManyTexts<V> implements ReadonlyMap<string, V> {
  /** Where the entry of a text is. */
  readonly #places: (Map<string, number> | undefined)[] = [];
  readonly #texts: string[] = [];
  readonly #values: V[] = [];

  get size(): number {
    return this.#texts.length;
  }

  has(text: string): boolean {
    return this.#partOf(text)?.has(text) === true;
  }

  get(text: string): V | undefined {
    const place = this.#partOf(text)?.get(text);
    return place === undefined ? undefined : this.#values[place];
  }

  set(text: string, value: V): this {
    const hash = textHash(text) & (PARTS - 1);
    // biome-ignore lint/suspicious/noAssignInExpressions: made when it is needed
    const part = (this.#places[hash] ??= new Map());
    const place = part.get(text) ?? this.#texts.length;
    if (place === this.#texts.length) {
      part.set(text, place);
      this.#texts.push(text);
    }
    this.#values[place] = value;
    return this;
  }

  clear(): void {
    for (const list of [this.#places, this.#texts, this.#values]) list.length = 0;
  }

  /** In the order in which texts were first set, as those of a Map. */
  *entries(): MapIterator<[string, V]> {
    for (const [place, text] of this.#texts.entries()) yield [text, this.#values[place] as V]; // as: both have as many
  }

  keys(): MapIterator<string> {
    return this.#texts.values();
  }

  values(): MapIterator<V> {
    return this.#values.values();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(call: (value: V, text: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [text, value] of this) call(value, text, this);
  }

  #partOf(text: string): Map<string, number> | undefined {
    return this.#places[textHash(text) & (PARTS - 1)];
  }
}
