import type { Missing } from './facts.ts';

/** Sentences of one layer; the rest is counted. */
const MAX_MISSING = 20;

/** The first of them, and how many more there are. */
export function atMost(missing: readonly Missing[]): readonly Missing[] {
  const more = missing.length - MAX_MISSING;
  return more <= 0 ? missing : [...missing.slice(0, MAX_MISSING), `and ${more} more`];
}
