import type { TermSet } from '../../analysis/combine.ts';
import { type DifferenceKind, Differences, isWithin } from '../../analysis/compare.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { CatalogAction } from '../../catalog/catalog-service.ts';
import type { Steps } from '../../policy/steps.ts';
import { type EffectivePermissions, isOverLimit } from '../effective-permissions.ts';
import type { ChangeOfAccess, PreviewedDifference } from './previewed.ts';
import { byRank } from './severity.ts';

/** What is different for somebody. */
export interface ComparedPermissions {
  /** Worst first. */
  readonly differences: readonly PreviewedDifference[];
  /** Actions with more terms than can be compared. */
  readonly partial: readonly string[];
}

interface Pair {
  readonly name: string;
  readonly action: CatalogAction;
  readonly before: TermSet;
  readonly after: TermSet;
}

const NOTHING: TermSet = { allow: [], deny: [] };

/** Compares what somebody may do, action by action. Null: there is nobody, who may do nothing. */
export function* comparePermissions(
  catalog: Catalog,
  before: EffectivePermissions | null,
  after: EffectivePermissions | null,
): Steps<ComparedPermissions> {
  const pairs = new Map<string, Pair>();
  const partial: string[] = [];
  for (const service of catalog.services()) {
    if (before?.mayAllow(service) !== true && after?.mayAllow(service) !== true) continue;
    for (const action of catalog.actionsOf(service)) {
      try {
        const sets = { before: yield* setOf(before, action), after: yield* setOf(after, action) };
        if (sets.before !== sets.after) pairs.set(action.name, { name: action.name, action, ...sets });
      } catch (error) {
        if (!isOverLimit(error)) throw error;
        partial.push(action.name);
      }
    }
  }
  const compared = new Differences();
  const differences: PreviewedDifference[] = [];
  for (const pair of pairs.values()) {
    const change = yield* compared.between(pair.before, pair.after);
    if (!isChange(change)) continue;
    differences.push({
      action: pair.name,
      before: yield* compared.shown(pair.before),
      after: yield* compared.shown(pair.after),
      change,
      accessLevel: pair.action.accessLevel,
      gains: yield* gainsIn(change, pair),
    });
  }
  return { differences: differences.sort(byRank), partial };
}

function* setOf(permissions: EffectivePermissions | null, action: CatalogAction): Steps<TermSet> {
  return permissions === null ? NOTHING : yield* permissions.setOf(action);
}

function isChange(kind: DifferenceKind): kind is ChangeOfAccess {
  return kind !== 'SAME' && kind !== 'NOTHING';
}

/** What cannot be shown to be within what was allowed before, counts as a gain. */
function* gainsIn(change: ChangeOfAccess, { before, after }: Pair): Steps<boolean> {
  return change === 'GAINED' || (change === 'CHANGED' && !(yield* isWithin(after, before)));
}
