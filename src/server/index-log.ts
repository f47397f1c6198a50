import type { IndexProgress } from '../directory/principals/index-keeper.ts';
import type { Log } from './log.ts';

/** Logs how far the reading of the index of principals is: the first question about sets waits for it. */
export function logIndexing(directory: { onIndexing(tell: (progress: IndexProgress) => void): void }, log: Log): void {
  directory.onIndexing(({ principals, isDone, isTooLarge }) => {
    if (isTooLarge) {
      log.warn(
        { principals },
        'the index of principals takes more than ROLEGATE_MEMORY_BYTES allows: searches read the directory',
      );
    } else log.info({ principals }, isDone ? 'the index of principals is read' : 'reading the index of principals');
  });
}
