import type { Retention } from '../directory/pruning/prune.ts';

/** Days; 0 in a variable means for good. */
const USUAL = { SESSION: 90, CHANGE: 90, DOCUMENT: 90, AUDIT: 0 };

/** Reads how long what has ended is kept with `count`, which gives the whole number of a variable. */
export function readRetention(count: (name: string, otherwise: number) => number): Retention {
  const days = (kind: keyof typeof USUAL): number => count(`ROLEGATE_${kind}_DAYS`, USUAL[kind]) || Infinity;
  return { sessions: days('SESSION'), changes: days('CHANGE'), documents: days('DOCUMENT'), events: days('AUDIT') };
}
