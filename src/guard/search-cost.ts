import type { DirectorySize } from '../directory/directory.ts';

/** Entities that a search goes through for its cost once more. */
const ONCE_MORE = 10_000;
/** The directory's size counts in steps of so many entities: costs are kept by them. */
const STEP = 1000;
/** A search of the largest directory costs no more: one has to be possible, with a page of what it finds. */
const MOST_OF_SEARCH = 200_000;

/** The cost of going through so many entities; `cost`: in a small directory. */
export function searchCost(cost: number, entities: number): number {
  const steps = Math.floor(entities / STEP);
  return Math.max(cost, Math.min(cost + Math.floor((cost * steps * STEP) / ONCE_MORE), MOST_OF_SEARCH));
}

/** Everything of the directory's size that costs depend on. */
export function sizeShape({ principals, roles, resources }: DirectorySize): string {
  return [principals, roles, resources].map((count) => Math.floor(count / STEP)).join(',');
}
