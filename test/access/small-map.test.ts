import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SmallMap } from '../../src/access/small-map.ts';

test('it holds what a Map holds', () => {
  const step = fc.record({ key: fc.nat(4), value: fc.nat(), clears: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const small = new SmallMap<number, number>();
      const map = new Map<number, number>();
      for (const [at, { key, value, clears }] of steps.entries()) {
        if (clears && at % 4 === 3) {
          small.clear();
          map.clear();
        }
        small.set(key, value);
        map.set(key, value);
        expect(small.size).toBe(map.size);
        for (let one = 0; one < 5; one++) expect(small.get(one)).toBe(map.get(one));
      }
    }),
    { numRuns: 100 },
  );
});
