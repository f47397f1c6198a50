import { isDeepStrictEqual } from 'node:util';
import { type Expectation, valueAt } from './public-case.ts';

/** One entry of a list, as `has` and `hasNot` describe it: it has these fields, or it is this. */
function isLike(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  return Object.entries(wanted).every(([field, value]) => isDeepStrictEqual(valueAt(actual, field), value));
}

function has(actual: unknown, wanted: unknown): boolean {
  if (typeof actual === 'string') return actual.includes(String(wanted));
  return Array.isArray(actual) && actual.some((each) => isLike(each, wanted));
}

/** What each word of an expectation says of the value at its path. */
const WORDS: Readonly<Record<string, (actual: unknown, wanted: unknown) => boolean>> = {
  is: isDeepStrictEqual,
  oneOf: (actual, wanted) => Array.isArray(wanted) && wanted.includes(actual),
  has,
  // What is not there at all has not been asked for: that must not pass.
  hasNot: (actual, wanted) => (typeof actual === 'string' || Array.isArray(actual)) && !has(actual, wanted),
  size: (actual, wanted) => Array.isArray(actual) && actual.length === wanted,
  atLeast: (actual, wanted) => Number(Array.isArray(actual) ? actual.length : actual) >= Number(wanted),
  matches: (actual, wanted) => typeof actual === 'string' && new RegExp(String(wanted), 's').test(actual),
  absent: (actual) => actual === undefined,
};

/** The expectations that do not hold of `answer`, each with the value that is there. */
export function unmet(answer: unknown, expected: readonly Expectation[]): readonly object[] {
  return expected
    .filter((expectation) => !holds(answer, expectation))
    .map((expectation) => ({ ...expectation, actual: valueAt(answer, expectation.at) }));
}

function holds(answer: unknown, { at, ...words }: Expectation): boolean {
  const [[word, wanted] = ['', undefined], ...others] = Object.entries(words);
  const says = WORDS[word];
  if (says === undefined || others.length > 0) throw new Error(`no expectation: ${JSON.stringify({ at, ...words })}`);
  return says(valueAt(answer, at), wanted);
}
