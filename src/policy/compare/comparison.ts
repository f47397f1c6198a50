import type { ContextReader } from '../context-key.ts';

/** Some value of the policy fits. */
export const MATCH = 1;
/** None fits, and all could be compared. */
export const NO_MATCH = 0;
/**
 * None fits, and a value (of the request or of the policy) is not of the operator's type. AWS does not say what a negated
 * operator makes of that; here it does not match either.
 */
export const WRONG_TYPE = -1;

export type Comparability = typeof MATCH | typeof NO_MATCH | typeof WRONG_TYPE;

/** One value of the request against all values of a condition. The reader is there for policy variables. */
export type Comparison = (given: string, reader: ContextReader) => Comparability;

const FEW = 6;

/** Whether a text is one of `texts`. */
export function equalsAny(texts: readonly string[]): (text: string) => boolean {
  const only = texts[0];
  if (only === undefined) return () => false;
  if (texts.length === 1) return (text) => text === only;
  if (texts.length <= FEW) return (text) => texts.includes(text);
  const set = new Set(texts);
  return (text) => set.has(text);
}

/** Compares parsed values; a value that does not parse is of the wrong type. */
export function comparing<T>(
  values: readonly string[],
  parse: (text: string) => T | null,
  fits: (given: T, wanted: T) => boolean,
): Comparison {
  const wanted: T[] = [];
  let allParse = true;
  for (const value of values) {
    const parsed = parse(value);
    if (parsed === null) allParse = false;
    else wanted.push(parsed);
  }
  return (text) => {
    const given = parse(text);
    if (given === null) return WRONG_TYPE;
    for (const value of wanted) if (fits(given, value)) return MATCH;
    return allParse ? NO_MATCH : WRONG_TYPE;
  };
}
