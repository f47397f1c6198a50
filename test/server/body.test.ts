import { expect, test } from 'vitest';
import { finished } from '../../src/policy/steps.ts';
import { joined, joinedInSteps } from '../../src/server/body.ts';

const CHUNKS = Array.from({ length: 20 }, (_, index) => Buffer.alloc(index * 7, index));

test('a long body is put together step by step', () => {
  expect(finished(joinedInSteps(CHUNKS))).toEqual(Buffer.concat(CHUNKS));
  expect(joined(CHUNKS)).toEqual(Buffer.concat(CHUNKS));
  const steps = joinedInSteps(CHUNKS);
  let taken = 0;
  while (steps.next().done !== true) taken += 1;
  expect(taken).toBe(CHUNKS.length);
});

test('a body of one chunk is that chunk', () => {
  const chunk = Buffer.from('{}');
  expect(joined([chunk])).toBe(chunk);
  expect(joined([])).toEqual(Buffer.alloc(0));
});
