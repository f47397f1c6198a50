import { Work } from '../access/work.ts';
import type { GuardContext } from './context.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** Items that are asked about together: their decisions take some milliseconds, and what is not in memory is read in few statements. */
const TOGETHER = 128;

/**
 * What `ask` answers about each item, some of them together, with room for others between them: all that is needed may be in memory, and
 * then nothing is waited for. Throws as the work of the request.
 */
export function eachInTurns<T, R>(
  { work = new Work() }: Pick<GuardContext, 'work'>,
  items: readonly T[],
  ask: (item: T) => MaybePromise<R>,
  together = TOGETHER,
): Promise<readonly R[]> {
  return work.each(items, ask, together);
}
