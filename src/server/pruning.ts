import { setTimeout as delay } from 'node:timers/promises';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import type { Retention } from '../directory/pruning/prune.ts';
import { StoreUnavailable } from '../directory/store-unavailable.ts';
import type { Log } from './log.ts';

/** When the directory is pruned. Milliseconds. */
export interface PruningTimes {
  /** After the start, when nobody waits for it any more. */
  readonly first: number;
  readonly between: number;
}

const USUAL_TIMES: PruningTimes = { first: 60_000, between: 3_600_000 };

export interface PruningOptions {
  readonly retention: Retention;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Log;
  /** Left out: a minute after the start, and every hour from then on. */
  readonly times?: PruningTimes;
}

/** Prunes the directory from time to time, until the function is called that it returns, which waits for the step under way. */
export function startPruning(
  directory: Pick<OpenDirectory, 'prune'>,
  { retention, clock, log, times = USUAL_TIMES }: PruningOptions,
): () => Promise<void> {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    for (let wait = times.first; await rested(wait, stopping.signal); wait = times.between) {
      await pruneOnce(directory, { retention, clock, log }, () => stopping.signal.aborted);
    }
  };
  const running = run();
  return () => {
    stopping.abort();
    return running;
  };
}

async function pruneOnce(
  directory: Pick<OpenDirectory, 'prune'>,
  { retention, clock, log }: PruningOptions,
  isStopped: () => boolean,
): Promise<void> {
  try {
    const pruned = await directory.prune(retention, clock(), isStopped);
    // What is gone for good is told at every usual level.
    if (Object.values(pruned).some((count) => count > 0)) log.warn(pruned, 'pruned');
  } catch (error) {
    // The next time will do. Whether the database is there is logged where it is lost.
    if (!(error instanceof StoreUnavailable)) log.error({ err: error }, 'pruning failed');
  }
}

/** False: it is to stop. */
async function rested(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  return !signal.aborted;
}
