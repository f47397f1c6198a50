/**
 * Characters of condition keys, Sids, statements and gaps that the answers to one HTTP request contain at most: each decision of a
 * batch repeats those of its policies and of what is not known, which can be thousands of characters long. IAM's own door has the same
 * limit.
 */
export const MOST_CHARACTERS = 10_000_000;

/** Characters so far, by what stands for the HTTP request. */
const repeated = new WeakMap<object, number>();
const lengths = new WeakMap<object, number>();

/** Counts a text of an answer to `request`, a list of texts, or a statement; false: there are more than the answers may contain. */
export function isWithinRepeated(request: object, value: string | readonly string[] | object | null): boolean {
  const length = lengthOf(value);
  if (length === 0) return true;
  const characters = (repeated.get(request) ?? 0) + length;
  if (characters > MOST_CHARACTERS) return false;
  repeated.set(request, characters);
  return true;
}

function lengthOf(value: string | readonly string[] | object | null): number {
  if (value === null) return 0;
  if (typeof value === 'string') return value.length;
  if (isTexts(value)) return value.reduce((sum, { length }) => sum + length, 0);
  // Decisions of one batch share the statements of their policies.
  const known = lengths.get(value);
  if (known !== undefined) return known;
  const { length } = JSON.stringify(value);
  lengths.set(value, length);
  return length;
}

function isTexts(value: object): value is readonly string[] {
  return Array.isArray(value);
}
