import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../src/analysis/cells.ts';
import { tokensOf } from '../../src/analysis/wildcard.ts';
import { globOf } from '../../src/policy/pattern.ts';
import { finished } from '../../src/policy/steps.ts';
import { readTemplate } from '../../src/policy/variable.ts';

function tokens(text: string) {
  return tokensOf(readTemplate(text, { variables: true, wildcards: true }), false);
}

function cells(pattern: string, ...others: readonly string[]) {
  return finished(cellsOf(tokens(pattern), others.map(tokens)));
}

describe('the cells of a pattern', () => {
  it('are one where nothing tells its texts apart', () => {
    expect(cells('b/*', '*', 'c/*')).toEqual(['b/']);
  });

  it('are all that patterns make of it', () => {
    expect(cells('b/*', 'b/a*', '*z')).toEqual(['b/', 'b/a', 'b/z', 'b/az']);
    expect(cells('a?', 'ab', 'ac')).toEqual(['ab', 'ac', 'ax']);
  });

  it('leave none out that only several patterns together cover', () => {
    // Every text of `?` is an x or none, but no pattern of the two covers it.
    expect(cells('x*', 'x', 'x?*')).toEqual(['x', 'xx']);
  });

  it('do not hold the empty text', () => {
    expect(cells('*')).toEqual(['x']);
  });

  it('are not said of texts with variables, nor of too many', () => {
    expect(cells(`\${aws:username}*`)).toBeNull();
    expect(cells('*', ...'abcdefghijklmnop'.split('').map((char) => `*${char}*`))).toBeNull();
  });

  it('stand for every text of the pattern', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 5 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '*', '?'), minLength: 1, maxLength: 6 });
    const matched = (given: string, others: readonly string[]) => others.map((other) => globOf(other).matches(given));
    fc.assert(
      fc.property(
        pattern,
        fc.array(pattern, { maxLength: 4 }),
        fc.array(text, { minLength: 30 }),
        (one, others, texts) => {
          const found = cells(one, ...others) ?? [];
          expect(found.every((each) => globOf(one).matches(each))).toBe(true);
          const known = new Set(found.map((each) => matched(each, others).join()));
          // Each is a cell of its own, and every text lies in one.
          expect(known.size).toBe(found.length);
          const named = texts.filter((each) => each !== '' && globOf(one).matches(each));
          expect(named.filter((each) => !known.has(matched(each, others).join()))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
