/** Characters of a text that is kept in parts. */
const LONG = 1_048_576;

interface Kept {
  readonly text: string;
  readonly parts: readonly string[];
}

/**
 * The long texts of one body, with the parts they were put together from. V8 joins such a text without a copy, but copies all of it at
 * once when somebody looks into it: of 32 MiB a fifth of a second. Whoever only hands it on takes the parts.
 */
export class LongTexts {
  readonly #kept: Kept[] = [];

  keep(text: string, parts: readonly string[]): void {
    if (text.length >= LONG) this.#kept.push({ text, parts });
  }

  /** The parts of `text`, each of which ends with a whole character; null: it is short, or not of this body. */
  partsOf(text: string): readonly string[] | null {
    if (text.length < LONG) return null;
    // The same text is found without being looked into, and so are others of another length.
    const index = this.#kept.findIndex((one) => one.text === text);
    const [found] = index < 0 ? [] : this.#kept.splice(index, 1);
    return found?.parts ?? null;
  }
}

/** By the work of their request. */
const longTexts = new WeakMap<object, LongTexts>();

/** For the long texts of the body of the request whose work it is. */
export function keepingLongTexts(work: object): LongTexts {
  const texts = new LongTexts();
  longTexts.set(work, texts);
  return texts;
}

/** The long texts of that request's body; none where nobody has kept any. */
export function longTextsOf(work: object | undefined): LongTexts {
  return (work && longTexts.get(work)) ?? new LongTexts();
}
