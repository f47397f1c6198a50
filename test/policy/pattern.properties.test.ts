import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { globOf } from '../../src/policy/pattern.ts';

/** The definition, character by character, with all its backtracking. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
  return (
    text !== '' &&
    (pattern.startsWith('?') || pattern.charAt(0) === text.charAt(0)) &&
    naive(pattern.slice(1), text.slice(1))
  );
}

const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 10 });
const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });

test('agrees with the definition on short texts', () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(globOf(pattern).matches(text)).toBe(naive(pattern, text));
    }),
    { numRuns: 20_000 },
  );
});

test('a pattern without wildcards matches exactly itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      const literal = one.replaceAll(/[*?]/g, '');
      expect(globOf(literal).exact).toBe(literal);
      expect(globOf(literal).matches(literal)).toBe(true);
      expect(globOf(literal).matches(other)).toBe(literal === other);
    }),
  );
});

test('only stars match everything, and say so', () => {
  for (const pattern of ['*', '**', '***']) expect(globOf(pattern).everything).toBe(true);
  for (const pattern of ['', '?', '*?', 'a*', '*a']) expect(globOf(pattern).everything).toBe(false);
});

test('a pattern that fails in the end looks at each character a bounded number of times', () => {
  // Twenty thousand characters against forty stars: a matcher that backtracks would not come back.
  const text = 'a'.repeat(20_000);
  expect(globOf(`${'*a'.repeat(40)}*b`).matches(text)).toBe(false);
  expect(globOf(`${'*a?'.repeat(40)}*b*`).matches(text)).toBe(false);
  expect(globOf(`${'*a?'.repeat(40)}*`).matches(text)).toBe(true);
});
