import { ACTION_WEIGHTS, weightOf } from '../action-weight.ts';
import type { ChangeOfAccess, PreviewedAccess, PreviewedDifference } from './previewed.ts';

// The order is that of what can be done with it: rights over rights first, then changes, then looking.

const CHANGES: readonly ChangeOfAccess[] = ['GAINED', 'CHANGED', 'LOST'];

/** Less is worse. */
export function rankOf({ action, accessLevel, change }: PreviewedDifference): number {
  return weightOf({ name: action, accessLevel }) * CHANGES.length + CHANGES.indexOf(change);
}

export function byRank(a: PreviewedDifference, b: PreviewedDifference): number {
  return rankOf(a) - rankOf(b) || compare(a.action, b.action);
}

/** Of what is worst for each; then by how much of it; then in the order that they are in. */
export function worstFirst(accesses: readonly PreviewedAccess[]): readonly PreviewedAccess[] {
  const ranks = new Map(accesses.map((access) => [access, ranksOf(access)]));
  return accesses.toSorted((a, b) => compareRanks(ranks.get(a) ?? [], ranks.get(b) ?? []));
}

/** The number of differences of each rank. */
function ranksOf({ differences }: PreviewedAccess): readonly number[] {
  const counts = Array.from({ length: ACTION_WEIGHTS.length * CHANGES.length }, () => 0);
  for (const difference of differences) counts[rankOf(difference)] = (counts[rankOf(difference)] ?? 0) + 1;
  return counts;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [rank, count] of a.entries()) {
    const others = b[rank] ?? 0;
    if (count !== others) return others - count;
  }
  return 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
