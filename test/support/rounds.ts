import { vi } from 'vitest';

/** How often others had their turn while `work` went on. By its clock each look comes later than the end of a turn. */
export async function roundsDuring(work: () => Promise<unknown>): Promise<number> {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
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
