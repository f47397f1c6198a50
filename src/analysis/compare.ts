import type { Steps } from '../policy/steps.ts';
import type { TermSet } from './combine.ts';
import { isContained, type PermissionTerm, printTerm, simplified, type Term, withoutContained } from './term.ts';

/**
 * How the allowed requests of one action differ. GAINED: nothing was allowed before; LOST: nothing is allowed after; CHANGED:
 * something is allowed before and after, but not the same; SAME: the same, and at least one; NOTHING: none before and after.
 */
export type DifferenceKind = 'GAINED' | 'LOST' | 'CHANGED' | 'SAME' | 'NOTHING';

/** Compares sets of requests, two by two. Actions share sets, so that each pair is compared once. */
export class Differences {
  readonly #pairs = new Map<TermSet, Map<TermSet, boolean>>();
  readonly #shown = new WeakMap<TermSet, readonly PermissionTerm[]>();

  /** Two sets count as the same if each term of one is in a term of the other. */
  *between(before: TermSet, after: TermSet): Steps<DifferenceKind> {
    if (before.allow.length === 0) return after.allow.length === 0 ? 'NOTHING' : 'GAINED';
    if (after.allow.length === 0) return 'LOST';
    return (yield* this.#isSame(before, after)) ? 'SAME' : 'CHANGED';
  }

  /**
   * The allowed requests, with denials folded in where a term can express them: unconditional denials of resources.
   * Conditional denials are left to `effectivePermissions`, which lists them separately.
   */
  *shown(set: TermSet): Steps<readonly PermissionTerm[]> {
    const known = this.#shown.get(set);
    if (known !== undefined) return known;
    const shown = yield* printed(set);
    this.#shown.set(set, shown);
    return shown;
  }

  *#isSame(before: TermSet, after: TermSet): Steps<boolean> {
    const known = this.#pairs.get(before)?.get(after);
    if (known !== undefined) return known;
    const same = (yield* sameUnion(before.allow, after.allow)) && (yield* sameUnion(before.deny, after.deny));
    const row = this.#pairs.get(before) ?? new Map<TermSet, boolean>();
    this.#pairs.set(before, row.set(after, same));
    return same;
  }
}

/** Whether each allowed request of `a` is one of `b`, as far as terms show it: false also where they do not. */
export function* isWithin(a: TermSet, b: TermSet): Steps<boolean> {
  return (yield* within(a.allow, b.allow)) && (yield* within(b.deny, a.deny));
}

function* sameUnion(a: readonly Term[], b: readonly Term[]): Steps<boolean> {
  return (yield* within(a, b)) && (yield* within(b, a));
}

function* within(a: readonly Term[], b: readonly Term[]): Steps<boolean> {
  for (const term of a) {
    if (!(yield* isContained(term, b)) && !(yield* isCoveredInParts(term, b))) return false;
    yield 1;
  }
  return true;
}

/** Whether each resource of the longest list is in a term. Which resources a term names together is no difference. */
function* isCoveredInParts(term: Term, terms: readonly Term[]): Steps<boolean> {
  const [longest] = term.resources.toSorted((one, other) => other.length - one.length);
  if (longest === undefined || longest.length < 2 || longest.length * terms.length > MOST_PARTS) return false;
  const others = term.resources.filter((list) => list !== longest);
  for (const glob of longest) {
    if (!(yield* isContained({ ...term, resources: [...others, [glob]] }, terms))) return false;
    yield 1;
  }
  return true;
}

/** Parts of a term, each times the terms that it is looked for in. */
const MOST_PARTS = 100_000;

function* printed(set: TermSet): Steps<readonly PermissionTerm[]> {
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
