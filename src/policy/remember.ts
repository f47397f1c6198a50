/** Longer texts rarely repeat. */
const LONGEST = 256;
/** Entries of one memory before it is emptied: some hundred kilobytes. */
const MOST = 8192;

/**
 * Returns the same result for an equal short text. Policies repeat themselves: the same actions,
 * resources and conditions occur in thousands of documents, and are compiled and kept once.
 */
export class Memory<T> {
  readonly #known = new Map<string, T>();

  recall(text: string, make: (text: string) => T): T {
    const before = this.#known.get(text);
    if (before !== undefined) return before;
    const made = make(text);
    if (text.length > LONGEST) return made;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(text, made);
    return made;
  }
}

/** `read`, with a memory. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  const memory = new Memory<T>();
  return (text) => memory.recall(text, read);
}
