import { vi } from 'vitest';

/** A clock by which each look comes later than the end of a turn. */
function fastClock(): () => number {
  let now = 0;
  return () => (now += 10);
}

/** How often others had their turn while `work` went on. */
export async function roundsDuring(work: () => Promise<unknown>, now: () => number = fastClock()): Promise<number> {
  const clock = vi.spyOn(performance, 'now').mockImplementation(now);
  let [rounds, isDone] = [0, false];
  const round = (): void => {
    rounds += 1;
    if (!isDone) setImmediate(round);
  };
  setImmediate(round);
  try {
    await work();
  } finally {
    isDone = true;
    clock.mockRestore();
  }
  return rounds;
}
