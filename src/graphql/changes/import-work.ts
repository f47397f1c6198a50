import type { Work, WorkLimits } from '../../access/work.ts';

/** An import may take long, as long as it gets on: that is, milliseconds without any progress. */
export const IMPORT_LIMITS: WorkLimits = { time: 300_000, cpu: 300_000 };

/** Throws where nobody waits for the import any more: what it has written is then undone. */
export function getsOn(work: Work): void {
  work.check();
  work.begin();
}

/** What a dry run of an import is. */
export const DRY_IMPORT = 'Whether it was a dry run: nothing was stored, and everything else says what would have been';
