import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Many } from '../../src/directory/gather/many.ts';

test('very many are kept as a Set keeps them', () => {
  const [many, set] = [new Many<number>([]), new Set<number>()];
  const both = (call: (one: { add(n: number): unknown; delete(n: number): unknown }) => void): void => {
    call(many);
    call(set);
  };
  const numbers = Array.from({ length: 40_000 }, (_, n) => n);
  for (const n of numbers) both((one) => one.add(n));
  for (const n of numbers) if (n % 3 === 0 || n < 20_000) both((one) => one.delete(n));
  for (const n of numbers) if (n % 5 === 0) both((one) => one.add(n));
  const sorted = (all: Iterable<number>): readonly number[] => [...all].sort((a, b) => a - b);
  expect(sorted(many)).toEqual(sorted(set));
  expect(many.size).toBe(set.size);
});

test('and few as well, whatever is added twice and removed', () => {
  const change = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const [many, set] = [new Many<number>([]), new Set<number>()];
      for (const [adds, n] of changes) {
        for (const one of [many, set]) {
          if (adds) one.add(n);
          else one.delete(n);
        }
      }
      expect([[...many], many.size]).toEqual([[...set], set.size]);
    }),
  );
});
