import { expect, test } from 'vitest';
import { WeakMemo } from '../../src/evaluation/weak-memo.ts';

test('what is asked for again stays, however much is made meanwhile', () => {
  const memo = new WeakMemo<object, object>();
  const [used, unused] = [{}, {}];
  const made = {};
  memo.set(used, made);
  memo.set(unused, made);
  const found = new Set<unknown>();
  for (let n = 0; n < 100_000; n += 1) {
    memo.set({}, {});
    if (n % 10_000 === 0) found.add(memo.get(used));
  }
  expect([...found]).toEqual([made]);
  expect(memo.get(unused)).toBeUndefined();
});
