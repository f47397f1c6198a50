import type { Steps } from '../policy/steps.ts';
import type { TermSet } from './combine.ts';
import { isContained, type PermissionTerm, printTerm, simplified, type Term, withoutContained } from './term.ts';

/** One action, with its allowed requests before and after. */
export interface AccessDifference {
  readonly action: string;
  readonly before: readonly PermissionTerm[];
  readonly after: readonly PermissionTerm[];
}

/** Two closed forms side by side. */
export interface AccessComparison {
  /** Nothing was allowed before. */
  readonly gained: readonly AccessDifference[];
  /** Nothing is allowed after. */
  readonly lost: readonly AccessDifference[];
  /** Something is allowed before and after, but not the same. */
  readonly changed: readonly AccessDifference[];
  /** Actions with the same allowed requests before and after, and at least one. */
  readonly keptCount: number;
}

/** Whether each allowed request of `a` is one of `b`, as far as terms show it: false also where they do not. */
export function* isWithin(a: TermSet, b: TermSet): Steps<boolean> {
  return (yield* within(a.allow, b.allow)) && (yield* within(b.deny, a.deny));
}

/** Compares the allowed requests of each action. Two sets count as the same if each term of one is in a term of the other. */
export function* compareAccess(
  actions: Iterable<{ readonly name: string; readonly before: TermSet; readonly after: TermSet }>,
): Steps<AccessComparison> {
  const gained: AccessDifference[] = [];
  const lost: AccessDifference[] = [];
  const changed: AccessDifference[] = [];
  let keptCount = 0;
  const pairs = new Map<TermSet, Map<TermSet, boolean>>();
  for (const { name, before, after } of actions) {
    if (before.allow.length === 0 && after.allow.length === 0) continue;
    yield 1;
    if (yield* isSame(before, after, pairs)) {
      keptCount += 1;
      continue;
    }
    const difference = { action: name, before: yield* printed(before), after: yield* printed(after) };
    if (before.allow.length === 0) gained.push(difference);
    else if (after.allow.length === 0) lost.push(difference);
    else changed.push(difference);
  }
  return { gained, lost, changed, keptCount };
}

function* isSame(before: TermSet, after: TermSet, pairs: Map<TermSet, Map<TermSet, boolean>>): Steps<boolean> {
  const known = pairs.get(before)?.get(after);
  if (known !== undefined) return known;
  const same = (yield* sameUnion(before.allow, after.allow)) && (yield* sameUnion(before.deny, after.deny));
  const row = pairs.get(before) ?? new Map<TermSet, boolean>();
  pairs.set(before, row.set(after, same));
  return same;
}

function* sameUnion(a: readonly Term[], b: readonly Term[]): Steps<boolean> {
  return (yield* within(a, b)) && (yield* within(b, a));
}

function* within(a: readonly Term[], b: readonly Term[]): Steps<boolean> {
  for (const term of a) {
    if (!(yield* isContained(term, b))) return false;
    yield 1;
  }
  return true;
}

const printedSets = new WeakMap<TermSet, readonly PermissionTerm[]>();

/**
 * The allowed requests, with denials folded in where a term can express them: unconditional denials of resources.
 * Conditional denials are left to `effectivePermissions`, which lists them separately.
 */
function* printed(set: TermSet): Steps<readonly PermissionTerm[]> {
  const known = printedSets.get(set);
  if (known !== undefined) return known;
  let terms: readonly Term[] = set.allow;
  for (const denied of set.deny) {
    const [list, ...more] = denied.resources;
    if (denied.conditions.length > 0 || more.length > 0) continue;
    if (list === undefined)
      terms = yield* only(terms, { resources: [denied.notResources], notResources: [], from: denied });
    else if (denied.notResources.length === 0)
      terms = yield* only(terms, { resources: [], notResources: list, from: denied });
  }
  const result: PermissionTerm[] = [];
  for (const term of yield* withoutContained(terms)) {
    result.push(printTerm(term));
    yield 1;
  }
  printedSets.set(set, result);
  return result;
}

function* only(
  terms: readonly Term[],
  { resources, notResources, from }: Pick<Term, 'resources' | 'notResources'> & { readonly from: Term },
): Steps<readonly Term[]> {
  const left: Term[] = [];
  for (const term of terms) {
    const less = yield* simplified({
      ...term,
      resources: [...term.resources, ...resources],
      notResources: [...term.notResources, ...notResources],
      statements: [...new Set([...term.statements, ...from.statements])],
    });
    if (less !== null) left.push(less);
    yield 1;
  }
  return left;
}
