import type { Revision } from './directory.ts';

/** A revision as clients see it: the greater text is later. */
export function revisionText(revision: Revision): string {
  return `r${revision.toString().padStart(19, '0')}`;
}

/** Null: it is no such text. */
export function parseRevision(text: string): Revision | null {
  const digits = /^r(\d{19})$/.exec(text)?.[1];
  return digits === undefined ? null : BigInt(digits);
}
