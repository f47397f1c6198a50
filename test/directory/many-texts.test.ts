import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManyTexts } from '../../src/directory/apply/many-texts.ts';

const text = fc.oneof(
  fc.string(),
  fc.integer({ min: 0, max: 20 }).map((n) => `arn:aws:iam::111111111111:role/r${n}`),
);

test('many texts are kept as a Map keeps them, in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.option(fc.integer(), { nil: undefined }))), text, (entries, other) => {
      const [texts, map] = [new ManyTexts<number | undefined>(), new Map<string, number | undefined>()];
      for (const [key, value] of entries) {
        texts.set(key, value);
        map.set(key, value);
      }
      expect([...texts]).toEqual([...map]);
      expect([[...texts.keys()], [...texts.values()], texts.size]).toEqual([
        [...map.keys()],
        [...map.values()],
        map.size,
      ]);
      for (const key of [other, ...map.keys()])
        expect([texts.has(key), texts.get(key)]).toEqual([map.has(key), map.get(key)]);
      const told: unknown[] = [];
      texts.forEach((value, key) => void told.push([key, value]));
      expect(told).toEqual([...map]);
      texts.clear();
      expect([texts.size, texts.has(other), [...texts]]).toEqual([0, false, []]);
    }),
  );
});
