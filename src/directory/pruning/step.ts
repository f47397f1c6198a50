import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Sql } from '../prisma/database.ts';

/** The advisory lock for pruning: any number, the same in every gateway. */
const PRUNING_LOCK = 7_265_117_003;

/** Most rows of a step. The embedded database takes as many as one of its statements may have. */
const MOST_ROWS = 1_000;

/** What came of a step: `busy`: somebody else has what it needs, now. */
export type Step<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'busy' };

const BUSY = { kind: 'busy' } as const;

/**
 * One short transaction of pruning, over at most `rows` rows. Of several gateways on one server one prunes at a time, and no change is
 * written meanwhile. It waits for nobody: where another one prunes, or a change is being written, it is `busy`.
 */
export function pruningStep<T>(database: Database, work: (sql: Sql, rows: number) => Promise<T>): Promise<Step<T>> {
  return database.transaction('write', async (sql): Promise<Step<T>> => {
    const [lock] = await sql.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1::int8) AS mine', [
      PRUNING_LOCK,
    ]);
    if (lock?.mine !== true) return BUSY;
    // The lock of every change (lockRevision), without waiting for it.
    const free = await sql.query('SELECT id FROM "DirectoryState" WHERE id = 1 FOR UPDATE SKIP LOCKED');
    if (free.length === 0) return BUSY;
    return { kind: 'done', value: await work(sql, Math.min(MOST_ROWS, sql.batch)) };
  });
}

/** Steps rest for this many times as long as they took, so that the database is there for others. */
const REST = 4;
/** How often a step that is busy is tried again, and after how long. Milliseconds. */
const ATTEMPTS = 20;
const AGAIN_AFTER = 250;

/** Runs steps until one says that there is nothing left, somebody else prunes for longer, or `isStopped` says so. */
export async function inSteps(step: () => Promise<Step<boolean>>, isStopped: () => boolean): Promise<void> {
  let attempts = 0;
  while (!isStopped() && attempts < ATTEMPTS) {
    const start = performance.now();
    const done = await step();
    if (done.kind === 'done' && !done.value) return;
    attempts = done.kind === 'busy' ? attempts + 1 : 0;
    await delay(done.kind === 'busy' ? AGAIN_AFTER : REST * (performance.now() - start));
  }
}
