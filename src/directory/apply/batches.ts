import { setImmediate } from 'node:timers/promises';

/** Most rows of one statement: bounds what the database needs for it, and how long it keeps the process. */
export const ROWS = 1_000;

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
