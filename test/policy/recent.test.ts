import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Recent } from '../../src/policy/recent.ts';

test('what is found for a text was made of this text, and not of another one in its place', () => {
  const recent = new Recent<string>();
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      expect([undefined, `of ${text}`]).toContain(recent.get(text));
      recent.set(text, `of ${text}`);
      expect(recent.get(text)).toBe(`of ${text}`);
    }),
    { numRuns: 10_000 },
  );
});

test('two texts that meet in one place are both found, and each of many with its own', () => {
  // In ten thousand texts and eight thousand places, many meet.
  const texts = Array.from({ length: 10_000 }, (_, n) => `arn:aws:s3:::bucket/${n}`);
  const recent = new Recent<string>();
  let both = 0;
  for (const [at, text] of texts.entries()) {
    recent.set(text, text);
    const before = texts[at - 1] ?? text;
    expect([undefined, before]).toContain(recent.get(before));
    if (recent.get(before) === before) both += 1;
  }
  expect(both).toBe(texts.length);
  for (const text of texts) expect([undefined, text]).toContain(recent.get(text));
});

test('long texts are not kept, and nothing is after it is cleared', () => {
  const recent = new Recent<number>();
  const long = 'x'.repeat(513);
  recent.set(long, 1);
  recent.set('short', 2);
  expect([recent.get(long), recent.get('short')]).toEqual([undefined, 2]);
  recent.clear();
  expect(recent.get('short')).toBeUndefined();
});
