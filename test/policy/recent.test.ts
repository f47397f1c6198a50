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

test('long texts are not kept, and nothing is after it is cleared', () => {
  const recent = new Recent<number>();
  const long = 'x'.repeat(513);
  recent.set(long, 1);
  recent.set('short', 2);
  expect([recent.get(long), recent.get('short')]).toEqual([undefined, 2]);
  recent.clear();
  expect(recent.get('short')).toBeUndefined();
});
