import { setImmediate } from 'node:timers/promises';
import type { Sql } from '../prisma/database.ts';

/** Most characters of one statement's long texts: bounds what this process and the database need for it. */
const CHARACTERS = 8_388_608;

/** Statements of the database itself for each row that goes or gets another key: what refers to it is looked for, table by table. */
const WITH_ROW = 5;

/** Batches of rows that go, or get another key, with all that depends on them. */
export function batchesWithDependents({ batch }: Pick<Sql, 'batch'>): Pick<Sql, 'batch'> {
  return { batch: Math.ceil(batch / WITH_ROW) };
}

/** The list in parts for one statement each. `lengthOf`: characters of an entry with long texts. */
export function* batchesOf<T>(
  { batch }: Pick<Sql, 'batch'>,
  list: readonly T[],
  lengthOf: (entry: T) => number = () => 0,
): Iterable<readonly T[]> {
  let from = 0;
  let characters = 0;
  for (const [index, entry] of list.entries()) {
    const length = lengthOf(entry);
    if (index > from && (index - from === batch || characters + length > CHARACTERS)) {
      yield list.slice(from, index);
      from = index;
      characters = 0;
    }
    characters += length;
  }
  if (from < list.length) yield list.slice(from);
}

/**
 * Runs `work` on a part of the list after the other. In between others can use the process: the embedded database works in
 * it.
 */
export async function inBatches<T>(
  sql: Pick<Sql, 'batch'>,
  list: readonly T[],
  work: (part: readonly T[]) => Promise<void>,
  lengthOf?: (entry: T) => number,
): Promise<void> {
  for (const part of batchesOf(sql, list, lengthOf)) {
    await work(part);
    await setImmediate();
  }
}

/** As `inBatches`, for parts that are to be made ready first: while the database takes one, the next is made. */
export async function inBatchesAhead<T, Ready>(
  sql: Pick<Sql, 'batch'>,
  list: readonly T[],
  ready: (part: readonly T[]) => Ready,
  take: (part: Ready) => Promise<void>,
): Promise<void> {
  let before: Promise<void> = Promise.resolve();
  await inBatches(sql, list, async (part) => {
    const made = ready(part);
    await before;
    before = take(made);
    // Whoever waits for it is told; meanwhile nobody may wait.
    before.catch(() => undefined);
  });
  await before;
}

/** How long work without statements may keep the process. Milliseconds. */
const AT_ONCE = 4;
/** What began before that is not the present turn. Milliseconds. */
const FORGOTTEN = 20;
/** When others could last use the process, as far as it is known: many short lists, one after the other, are as long as a long one. */
let since = Number.NEGATIVE_INFINITY;

/** Runs `work` on one item after the other. When that has taken long, others can use the process. */
export async function inTurn<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  const now = performance.now();
  if (now - since > FORGOTTEN || now < since) since = now;
  for (const item of items) {
    work(item);
    if (performance.now() - since < AT_ONCE) continue;
    await setImmediate();
    since = performance.now();
  }
}

/** As `inBatches`, for statements that read. */
export async function readInBatches<T, Row>(
  sql: Pick<Sql, 'batch'>,
  list: readonly T[],
  read: (part: readonly T[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  await inBatches(sql, list, async (part) => {
    for (const row of await read(part)) rows.push(row);
  });
  return rows;
}
