import type { Revision } from './directory.ts';

/** A revision as clients see it: the greater text is later. */
export function revisionText(revision: Revision): string {
  return `r${revision.toString().padStart(19, '0')}`;
}
