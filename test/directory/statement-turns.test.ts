import { afterEach, expect, test, vi } from 'vitest';
import { StatementTurns } from '../../src/directory/prisma/statement-turns.ts';

afterEach(() => vi.restoreAllMocks());

/** `count` statements, each of which takes 3 milliseconds of a clock of its own. */
async function statements(turns: StatementTurns, count: number, began: () => void, clock: { now: number }) {
  for (let statement = 0; statement < count; statement += 1) {
    const turn = turns.next();
    if (turn !== null) await turn;
    began();
    clock.now += 8;
    await Promise.resolve();
  }
}

test.each([
  ['of one caller', 1, 60],
  ['of many callers', 60, 1],
])('between statements %s others have their turn', async (_whose, callers, each) => {
  const clock = { now: 1000 };
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now);
  const turns = new StatementTurns();
  let begun = 0;
  const rounds: number[] = [];
  let isDone = false;
  const look = (): void => {
    rounds.push(begun);
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await Promise.all(Array.from({ length: callers }, () => statements(turns, each, () => (begun += 1), clock)));
  isDone = true;
  const went = [...rounds, begun].map((count, index) => count - (rounds[index - 1] ?? 0));
  expect(begun).toBe(60);
  // Three take longer than a turn.
  expect(Math.max(...went)).toBeLessThanOrEqual(4);
});

test('the first statements of a turn begin at once', async () => {
  const turns = new StatementTurns();
  expect(turns.next()).toBeNull();
  expect(turns.next()).toBeNull();
});
