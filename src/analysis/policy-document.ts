import type { JsonObject } from '../policy/json.ts';
import { ONE_STEP, type Steps } from '../policy/steps.ts';
import { type ActionCatalog, ActionLists } from './action-list.ts';
import type { TermSet } from './combine.ts';
import { type ConditionUse, conditionBlock, conditionUse } from './condition-use.ts';
import { intersectLists, type ResourceGlob } from './resource-set.ts';
import { intersectTerms, type Term } from './term.ts';

/** An action and its permissions. */
export interface ActionTerms {
  readonly name: string;
  readonly wildcardOnly: boolean;
  readonly set: TermSet;
}

/** A policy, and the names of the actions that it leaves out because it cannot say exactly what is allowed for them. */
export interface DocumentOfTerms {
  readonly document: JsonObject;
  readonly partial: readonly string[];
}

/** Patterns of one statement's Resource. */
const MAX_PATTERNS = 2000;

/** A document that grants nothing: an IAM policy has at least one statement. */
const NOTHING: JsonObject = { Effect: 'Deny', Action: '*', Resource: '*' };

/**
 * The same set as one IAM policy of version 2012-10-17, regardless of IAM's size limits. Two lists of resources that must
 * both match are multiplied out; an exclusion beside a list becomes a Deny. Actions for which neither is exact are left out and
 * named: for policy variables that overlap wildcards, and for an exclusion that another term cancels.
 *
 * Actions are named as briefly as the catalogue allows (`s3:*`, NotAction): for actions that it does not know, the policy is
 * not reliable. `home` is the principal's account, if it has one.
 */
export function* policyDocument(
  actions: readonly ActionTerms[],
  catalog: ActionCatalog,
  home: string | null,
): Steps<DocumentOfTerms> {
  const owned = home === null ? null : conditionUse('StringEqualsIfExists', 'aws:ResourceAccount', [home]);
  const partial: string[] = [];
  const byBody = new Map<string, { readonly body: StatementBody; readonly actions: (readonly string[])[] }>();
  for (const { set, names, wildcardOnly } of bySet(actions)) {
    // Actions without a resource have separate sets.
    const bodies = yield* bodiesOf(set, wildcardOnly ? owned : null);
    if (bodies === null) partial.push(...names);
    for (const body of bodies ?? []) {
      const key = JSON.stringify(body);
      const statement = byBody.get(key);
      if (statement === undefined) byBody.set(key, { body, actions: [names] });
      else statement.actions.push(names);
      yield 1;
    }
  }
  const lists = new ActionLists(catalog);
  const places = new Map<string, number>();
  for (const [place, { name }] of actions.entries()) {
    places.set(name, place);
    if (place % ONE_STEP === 0) yield 1;
  }
  const statements: StatementBody[] = [];
  for (const { body, actions: names } of byBody.values()) {
    const { Effect, ...rest } = body;
    const all = names.length === 1 ? (names[0] ?? []) : inOrder(names, places, actions);
    statements.push({ Effect, ...(yield* lists.name(all, resourcesOf(body))), ...rest });
    yield 1;
  }
  const document = {
    Version: '2012-10-17',
    Statement: statements.length === 0 ? [NOTHING] : yield* merged(statements),
  };
  return { document, partial };
}

/** Names of actions in the order in which the actions are given. */
function inOrder(
  names: readonly (readonly string[])[],
  places: ReadonlyMap<string, number>,
  actions: readonly ActionTerms[],
): readonly string[] {
  const sorted = Uint32Array.from(names.flat(), (name) => places.get(name) ?? 0).sort();
  return Array.from(sorted, (place) => actions[place]?.name ?? '');
}

interface NamesOfSet {
  readonly set: TermSet;
  readonly names: string[];
  readonly wildcardOnly: boolean;
}

/** The actions with one set, in the order of the first of each. */
function bySet(actions: readonly ActionTerms[]): Iterable<NamesOfSet> {
  const sets = new Map<TermSet, NamesOfSet>();
  for (const { name, wildcardOnly, set } of actions) {
    const known = sets.get(set);
    if (known === undefined) sets.set(set, { set, names: [name], wildcardOnly });
    else known.names.push(name);
  }
  return sets.values();
}

/** Null: it is about all resources, or all but some. */
function resourcesOf({ Resource }: StatementBody): readonly string[] | null {
  if (Resource === undefined || Resource === '*') return null;
  return typeof Resource === 'string' ? [Resource] : Resource;
}

/** Statements that differ only in their Resource become one. */
function* merged(statements: readonly StatementBody[]): Steps<readonly StatementBody[]> {
  const byRest = new Map<string, StatementBody[]>();
  for (const statement of statements) {
    const { Resource, ...rest } = statement;
    const key = JSON.stringify(Resource === undefined || Resource === '*' ? statement : rest);
    const known = byRest.get(key);
    if (known === undefined) byRest.set(key, [statement]);
    else known.push(statement);
    yield 1;
  }
  return [...byRest.values()].flatMap((same): readonly StatementBody[] => {
    const [first, ...more] = same;
    if (first === undefined || more.length === 0) return same;
    return [{ ...first, Resource: [...new Set(same.flatMap(({ Resource }) => Resource ?? []))] }];
  });
}

interface StatementBody extends JsonObject {
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource?: string | readonly string[];
}

/**
 * `owner`: the condition that requests on resources need and that requests without a resource always fulfil. With it, one
 * statement can hold both kinds of actions. Null: no statements say it exactly.
 */
function* bodiesOf(set: TermSet, owner: ConditionUse | null): Steps<readonly StatementBody[] | null> {
  const bodies: StatementBody[] = [];
  for (const term of set.allow) {
    const conditions = owner === null ? term.conditions : [...term.conditions, owner];
    yield 1;
    const list = yield* oneList(term);
    if (list === 'inexpressible') return null;
    bodies.push(body('Allow', list === null ? term.notResources : [], list, conditions));
    if (list === null || term.notResources.length === 0) continue;
    const excluded: Term = { resources: [term.notResources], notResources: [], conditions: [], statements: [] };
    for (const other of set.allow) {
      yield 1;
      if (other !== term && (yield* intersectTerms(other, excluded)) !== null) return null;
    }
    bodies.push(body('Deny', [], term.notResources, []));
  }
  for (const term of set.deny) {
    yield 1;
    const list = yield* oneList(term);
    if (list === 'inexpressible' || (list !== null && term.notResources.length > 0)) return null;
    bodies.push(body('Deny', list === null ? term.notResources : [], list, term.conditions));
  }
  return bodies;
}

/** The resources of the term as one list; null: any resource. */
function* oneList(term: Term): Steps<readonly ResourceGlob[] | 'inexpressible' | null> {
  let list: readonly ResourceGlob[] | null = null;
  for (const other of term.resources) {
    list = list === null ? other : yield* intersectLists(list, other, MAX_PATTERNS);
    if (list === null) return 'inexpressible';
  }
  return list;
}

function body(
  effect: 'Allow' | 'Deny',
  excluded: readonly ResourceGlob[],
  list: readonly ResourceGlob[] | null,
  conditions: readonly ConditionUse[],
): StatementBody {
  const block = conditionBlock(conditions);
  return {
    Effect: effect,
    ...(excluded.length > 0 ? { NotResource: texts(excluded) } : { Resource: list === null ? '*' : texts(list) }),
    ...(block === null ? {} : { Condition: block }),
  };
}

function texts(globs: readonly ResourceGlob[]): string | readonly string[] {
  const all = globs.map((glob) => glob.text);
  return all.length === 1 ? (all[0] ?? '') : all;
}
