import { expect, onTestFinished, test, vi } from 'vitest';
import { finished } from '../../src/policy/steps.ts';
import { joined, joinedInSteps, joinedInTurns } from '../../src/server/body.ts';

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

test('others have their turn while many are put together', async () => {
  const chunks = Array.from({ length: 50 }, () => Buffer.alloc(65_536, 'x'));
  // By this clock each chunk takes longer than a turn.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  onTestFinished(() => clock.mockRestore());
  let turns = 0;
  let isDone = false;
  const beat = (): void => {
    turns += 1;
    if (!isDone) setImmediate(beat);
  };
  setImmediate(beat);
  expect((await joinedInTurns(chunks)).equals(Buffer.concat(chunks))).toBe(true);
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(50);
});
