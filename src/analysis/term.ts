import type { MatchedStatement } from '../evaluation/decision.ts';
import type { JsonObject } from '../policy/json.ts';
import type { Steps } from '../policy/steps.ts';
import { type ConditionUse, conditionBlocks, simplifyConditions } from './condition-use.ts';
import {
  EVERYTHING,
  globCovers,
  globsOverlap,
  intersectLists,
  listCovers,
  listsOverlap,
  type ResourceGlob,
  resourceGlob,
  someGlob,
  withoutCovered,
} from './resource-set.ts';

/**
 * A set of requests of one principal: the resource matches every list of `resources` in at least one pattern, matches no
 * pattern of `notResources`, and every condition block holds.
 */
export interface PermissionTerm {
  /** Patterns as in Resource of version 2012-10-17; never empty: `[["*"]]` is any resource. */
  readonly resources: readonly (readonly string[])[];
  readonly notResources: readonly string[];
  readonly conditions: readonly JsonObject[];
  /** The statements that together imply it. Empty: it follows from the kind of principal (a root user). */
  readonly statements: readonly MatchedStatement[];
}

/** The same in the internal form of the algebra. */
export interface Term {
  /** Empty: any resource. */
  readonly resources: readonly (readonly ResourceGlob[])[];
  readonly notResources: readonly ResourceGlob[];
  readonly conditions: readonly ConditionUse[];
  readonly statements: readonly MatchedStatement[];
}

/** Every request. */
export const ANYTHING: Term = { resources: [], notResources: [], conditions: [], statements: [] };

/** Greatest number of patterns when two lists are multiplied out; beyond it both lists are kept. */
const MULTIPLIED = 24;

/** The intersection; null: it is empty. */
export function* intersectTerms(a: Term, b: Term): Steps<Term | null> {
  const statements = b.statements.length === 0 ? a.statements : [...new Set([...a.statements, ...b.statements])];
  if (isAnything(b)) return { ...a, statements };
  if (isAnything(a)) return { ...b, statements };
  return yield* simplified({
    resources: [...a.resources, ...b.resources],
    notResources: [...a.notResources, ...b.notResources],
    conditions: [...a.conditions, ...b.conditions],
    statements,
  });
}

export function isAnything(term: Term): boolean {
  return term.resources.length === 0 && term.notResources.length === 0 && term.conditions.length === 0;
}

/** The same set in fewer words; null: it is empty. A set that is empty only for some values of policy variables is kept. */
export function* simplified(term: Term): Steps<Term | null> {
  const conditions = simplifyConditions(term.conditions);
  if (conditions === null) return null;
  const excluded = yield* withoutCovered(term.notResources);
  const lists: (readonly ResourceGlob[])[] = [];
  for (const list of term.resources) {
    const left = yield* withoutCovered(
      yield* globsWhere(list, function* (glob) {
        return !(yield* someGlob(excluded, (other) => globCovers(other, glob)));
      }),
    );
    if (left.length === 0) return null;
    if (left[0] !== EVERYTHING) lists.push(left);
  }
  const resources = yield* fewerLists(lists);
  if (resources === null) return null;
  if (resources.length === 0 && excluded.includes(EVERYTHING)) return null;
  // An exclusion that overlaps nothing has no effect.
  const notResources = yield* globsWhere(excluded, function* (glob) {
    for (const list of resources) if (!(yield* listsOverlap(list, [glob]))) return false;
    return true;
  });
  return { resources, notResources, conditions, statements: term.statements };
}

function* globsWhere(
  globs: readonly ResourceGlob[],
  is: (glob: ResourceGlob) => Steps<boolean>,
): Steps<readonly ResourceGlob[]> {
  const found: ResourceGlob[] = [];
  for (const [i, glob] of globs.entries()) {
    if (yield* is(glob)) found.push(glob);
    if (i % GLOBS === GLOBS - 1) yield GLOBS;
  }
  return found;
}

/** Globs, each compared with a list, in one step. */
const GLOBS = 16;

/** Removes lists implied by others, and multiplies out lists if the result is no longer. Null: they are disjoint. */
function* fewerLists(lists: readonly (readonly ResourceGlob[])[]): Steps<readonly (readonly ResourceGlob[])[] | null> {
  const kept: (readonly ResourceGlob[])[] = [];
  for (const list of lists) {
    let current: readonly ResourceGlob[] = list;
    for (let i = 0; i < kept.length; ) {
      const other = kept[i] ?? [];
      const both = yield* combined(other, current);
      if (both === null) {
        i += 1;
        continue;
      }
      if (both.length === 0) return null;
      kept.splice(i, 1);
      current = both;
    }
    kept.push(current);
  }
  return kept;
}

/** Two lists as one; null: they are better kept as two. */
function* combined(a: readonly ResourceGlob[], b: readonly ResourceGlob[]): Steps<readonly ResourceGlob[] | null> {
  if (a.length * b.length <= COMPARED) {
    if (yield* listCovers(a, b)) return b;
    if (yield* listCovers(b, a)) return a;
    return yield* intersectLists(a, b, Math.max(MULTIPLIED, a.length, b.length));
  }
  return a.length === b.length && a.every((glob, i) => glob.text === b[i]?.text) ? a : null;
}

/** Greatest number of pairs of patterns that are compared to shorten an answer. */
const COMPARED = 20_000;

/** Whether everything in `narrow` is in `wide`. False does not prove the opposite. */
export function* contains(wide: Term, narrow: Term): Steps<boolean> {
  if (wide.conditions.length > narrow.conditions.length) return false;
  const ids = new Set(narrow.conditions.map((use) => use.id));
  if (!wide.conditions.every((use) => ids.has(use.id))) return false;
  for (const list of wide.resources) if (!(yield* someListWithin(narrow.resources, list))) return false;
  for (const [i, glob] of wide.notResources.entries()) {
    if (i % GLOBS === GLOBS - 1) yield GLOBS;
    if (yield* someGlob(narrow.notResources, (other) => globCovers(other, glob))) continue;
    if (!(yield* someListApart(narrow.resources, glob))) return false;
  }
  return true;
}

function* someListWithin(lists: readonly (readonly ResourceGlob[])[], wide: readonly ResourceGlob[]): Steps<boolean> {
  for (const list of lists) if (yield* listCovers(wide, list)) return true;
  return false;
}

function* someListApart(lists: readonly (readonly ResourceGlob[])[], glob: ResourceGlob): Steps<boolean> {
  for (const list of lists) if (!(yield* someGlob(list, (other) => globsOverlap(glob, other)))) return true;
  return false;
}

/** Whether some request on a resource that `pattern` matches could be in the term. */
export function* meets(term: Term, pattern: ResourceGlob): Steps<boolean> {
  return (yield* simplified({ ...term, resources: [...term.resources, [pattern]] })) !== null;
}

/** Number of terms above which absorption is not tried pair by pair. */
const PAIRWISE = 300;

/** The same union without terms that another one contains; equal terms are merged with the statements of all. */
export function* withoutContained(terms: readonly Term[]): Steps<readonly Term[]> {
  if (terms.length < 2) return terms;
  const byText = new Map<string, Term>();
  for (const [i, term] of terms.entries()) {
    if (i % GLOBS === GLOBS - 1) yield GLOBS;
    const key = termKey(term);
    const same = byText.get(key);
    const statements = same === undefined ? term.statements : [...new Set([...same.statements, ...term.statements])];
    byText.set(key, { ...term, statements });
  }
  const distinct = [...byText.values()];
  const anything = distinct.find(isAnything);
  if (anything !== undefined) return [anything];
  if (distinct.length > PAIRWISE) return distinct;
  const kept: Term[] = [];
  for (const term of distinct) {
    if (yield* isContained(term, kept)) continue;
    for (let i = kept.length - 1; i >= 0; i -= 1) if (yield* contains(term, kept[i] ?? ANYTHING)) kept.splice(i, 1);
    kept.push(term);
  }
  return kept;
}

/** Whether one of `terms` contains all of `term`. */
export function* isContained(term: Term, terms: readonly Term[]): Steps<boolean> {
  for (const [i, other] of terms.entries()) {
    if (yield* contains(other, term)) return true;
    if (i % GLOBS === GLOBS - 1) yield GLOBS;
  }
  return false;
}

/** Equal for terms with the same meaning in the same words, whatever statements they come from. */
export function termKey(term: Term): string {
  const lists = term.resources.map((list) => list.map((glob) => glob.text).sort());
  const excluded = term.notResources.map((glob) => glob.text).sort();
  return JSON.stringify([
    lists.map((list) => list.join(' ')).sort(),
    excluded,
    term.conditions.map((use) => use.id).sort(),
  ]);
}

export function printTerm(term: Term): PermissionTerm {
  const lists = term.resources.map((list) => list.map((glob) => glob.text));
  return {
    resources: lists.length === 0 ? [['*']] : lists,
    notResources: term.notResources.map((glob) => glob.text),
    conditions: conditionBlocks(term.conditions),
    statements: statementsOf(term),
  };
}

/** Without the trust policies of roles that other statements leave out: those with the same document come into a term together. */
function statementsOf({ resources, statements }: Term): readonly MatchedStatement[] {
  if (statements.filter(isOfTrust).length < 2) return statements;
  const lists = resources.map((list) => ({
    texts: new Set(list.map(({ text }) => text)),
    wide: list.filter(({ text }) => /[*?$]/.test(text)),
  }));
  const isMeant = (arn: string): boolean => {
    const role = resourceGlob(arn);
    return lists.every(({ texts, wide }) => texts.has(role.text) || wide.some((one) => globsOverlap(one, role)));
  };
  return statements.filter((one) => !isOfTrust(one) || isMeant(one.policy));
}

function isOfTrust({ layer }: MatchedStatement): boolean {
  return layer === 'TRUST_POLICY';
}
