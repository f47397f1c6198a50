import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Work } from '../../../src/access/work.ts';
import type { GatewayContext } from '../../../src/graphql/context.ts';
import { eachInTurns } from '../../../src/graphql/questions/each-of.ts';
import { InvalidInput } from '../../../src/policy/errors.ts';

// The clock jumps at each look, so that every look finds the turn over: what is counted is how many entries are read between two rounds.

let clock = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => (clock += 10));
});
afterEach(() => vi.restoreAllMocks());

const contextWith = (work: Work) => ({ work }) as GatewayContext; // as: all that is used of it

test('a long list is read in turns with others', async () => {
  const work = new Work({ time: 1_000_000, cpu: 1_000_000 });
  const items = Array.from({ length: 10_000 }, (_, n) => n);
  let sinceTurn = 0;
  let most = 0;
  let turns = 0;
  const read = eachInTurns(contextWith(work), items, 'items', (item) => {
    sinceTurn = work.turns === turns ? sinceTurn + 1 : 1;
    turns = work.turns;
    most = Math.max(most, sinceTurn);
    if (item === 7) throw new InvalidInput('items[7]', 'seven');
    return item * 2;
  });
  expect(read).toBeInstanceOf(Promise);
  const all = await read;
  expect(all.length).toBe(10_000);
  expect(all[7]).toBeInstanceOf(InvalidInput);
  expect(all[9_999]).toBe(19_998);
  expect(most).toBeLessThanOrEqual(500);
  expect(work.turns).toBeGreaterThanOrEqual(19);
});

test('a short one is read at once', () => {
  const work = new Work();
  expect(eachInTurns(contextWith(work), [1, 2], 'items', (item) => item)).toEqual([1, 2]);
  expect(work.turns).toBe(0);
});
