/** Entries of one generation. */
const GENERATION = 16_384;

/**
 * What was made of objects, as long as they are there. Holds two generations of it, as PlanMemo: a WeakMap with 65,536 entries takes
 * 30 ms for one more, because it moves all that is in it, and each collection goes through all of them.
 */
export class WeakMemo<Key extends object, Value extends object> {
  #young = new WeakMap<Key, Value>();
  #old = new WeakMap<Key, Value>();
  #count = 0;

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** For a key that it does not have. */
  set(key: Key, value: Value): void {
    if (this.#count >= GENERATION) {
      this.#old = this.#young;
      this.#young = new WeakMap();
      this.#count = 0;
    }
    this.#young.set(key, value);
    this.#count += 1;
  }
}
