import { setImmediate } from 'node:timers/promises';

/** Most rows of one statement: bounds what the database needs for it, and how long it keeps the process. */
export const ROWS = 250;

/**
 * Runs `work` on a part of the list after the other. In between others can use the process: the embedded database works in
 * it.
 */
export async function inBatches<T>(list: readonly T[], work: (part: readonly T[]) => Promise<void>): Promise<void> {
  for (let from = 0; from < list.length; from += ROWS) {
    await work(list.slice(from, from + ROWS));
    await setImmediate();
  }
}

/** How long work without statements may keep the process. Milliseconds. */
const AT_ONCE = 20;

/** Runs `work` on one item after the other. When that has taken long, others can use the process. */
export async function inTurn<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - since < AT_ONCE) continue;
    await setImmediate();
    since = performance.now();
  }
}

/** As `inBatches`, for statements that read. */
export async function readInBatches<T, Row>(
  list: readonly T[],
  read: (part: readonly T[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  await inBatches(list, async (part) => {
    for (const row of await read(part)) rows.push(row);
  });
  return rows;
}
