import type { CatalogAction } from '../catalog/catalog.ts';
import type { Revision } from '../directory/directory.ts';
import type { IndexedPrincipal, PrincipalIndex } from '../directory/principals/indexed-principals.ts';
import { parseArn } from '../policy/arn.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { askedActions } from './asked-actions.ts';
import type { DecideTools } from './decide.ts';
import { checkNamesResource } from './every-resource.ts';
import type { Outsider, Outsiders } from './outsiders.ts';
import { Divisions } from './principal-classes.ts';
import { fieldOf, type OpenQuestion } from './question.ts';
import { onOneRevision, partsOfPages } from './scan.ts';
import { outsidersIn } from './who-can.ts';
import type { ActionAccess, PrincipalAccess, WhoCan, WhoCanOptions } from './who-can-answer.ts';
import { firstBehind, type ListedSet, setByClass, visibleAmong } from './who-can-classes.ts';
import { Beside } from './who-can-found.ts';
import { PagePart } from './who-can-page.ts';
import { checkConditional } from './who-can-pattern.ts';
import { pagesIn, visibleFound } from './who-can-scan.ts';
import { type SearchedResource, WhoCanSearch } from './who-can-search.ts';
import { Work } from './work.ts';

/** A question that leaves the principal open, and asks about several actions. Null: about all that the resource's type takes. */
export interface OpenActions extends Omit<OpenQuestion, 'action'> {
  readonly actions: readonly string[] | null;
}

/** As WhoCanList: what all pages have in common. */
export interface WhoCanAnyList {
  /** By action, in their order, who may do it. */
  readonly listed: readonly ReadonlySet<IndexedPrincipal>[];
  /** Who may do one of them. */
  readonly principals: readonly IndexedPrincipal[];
  readonly around: Around;
}

/** What the answer says beside its list. */
interface Around {
  readonly outsiders: readonly Outsider[];
  readonly gaps: readonly string[];
  readonly resourceGaps: readonly string[];
  readonly revision: Revision;
}

/** As WhoCan, of everybody who may do at least one of the actions. */
export interface WhoCanAny extends Omit<WhoCan, 'list'> {
  readonly list: WhoCanAnyList | null;
}

/**
 * As `whoCan`, for several actions: every user and role that may do at least one of them, with those that it may do. Each action is
 * searched for as if it were asked about alone.
 */
export async function whoCanAny(
  tools: DecideTools,
  { actions: names, ...question }: OpenActions,
  { list = null, ...options }: Omit<WhoCanOptions, 'list'> & { readonly list?: WhoCanAnyList | null },
  now: number,
): Promise<WhoCanAny> {
  const actions = askedActions(tools.catalog, names, question);
  for (const action of actions) checkNamesResource(action, question.resource, fieldOf(question, 'resource'));
  const work = tools.work ?? new Work();
  return onOneRevision(async (check) => {
    const searches = actions.map((action) => {
      const asked = { ...question, action: action.name, fields: placeOf(action, names) };
      return new WhoCanSearch({ ...tools, work }, asked, action, options, now, check);
    });
    for (const each of searches) checkConditional(each);
    if (list !== null && (await tools.directory.revision()) === list.around.revision) {
      check(list.around.revision);
      const known = await pageOf(searches, list);
      if (known !== null) return known;
    }
    const found = await search(searches, tools, options);
    check(await tools.directory.revision());
    return found;
  });
}

/** An action that was not given follows from the resource. */
function placeOf(action: CatalogAction, names: readonly string[] | null): { readonly action: string } {
  const index = names?.findIndex((name) => name.toLowerCase() === action.name.toLowerCase()) ?? -1;
  return { action: index === -1 ? 'resource' : `actions[${index}]` };
}

async function search(
  searches: readonly WhoCanSearch[],
  tools: DecideTools,
  { conditional }: Pick<WhoCanOptions, 'conditional'>,
): Promise<WhoCanAny> {
  const resources: SearchedResource[] = [];
  for (const each of searches) resources.push(await each.lookUpResource());
  const beside = new Map<WhoCanSearch, Beside>();
  const lists = await listsOf(searches, await tools.directory.principals(), resources);
  for (const [at, { beside: said }] of (lists ?? []).entries()) beside.set(searches[at] ?? firstOf(searches), said);
  const scanned = lists === null ? await scan(searches, beside) : null;
  const outside: Outsiders[] = [];
  for (const [at, each] of searches.entries()) {
    const { resource } = resources[at] ?? (await each.lookUpResource());
    outside.push(await outsidersIn(each, resource, scanned?.accounts ?? lists?.[at]?.accounts ?? new Set()));
  }
  const gaps = searches.flatMap((each, at) =>
    (beside.get(each)?.gaps(outside[at]?.gaps ?? [], conditional) ?? []).map((gap) =>
      gap.startsWith('not listed') ? `${each.action.name}: ${gap}` : gap,
    ),
  );
  const around = {
    outsiders: together(outside),
    gaps: [...new Set(gaps)],
    resourceGaps: [
      ...new Set([
        ...resources.flatMap((one) => one.gaps),
        ...[...beside.values()].flatMap((one) => [...one.resourceGaps]),
      ]),
    ],
    revision: resources[0]?.revision ?? 0n,
  };
  if (lists === null) return { ...(scanned?.page ?? NO_PAGE), ...around, list: null };
  const sets = [...new Set(lists.map(({ listed }) => listed))];
  const searched = lists[0]?.searched ?? [];
  const page = await pageOf(searches, {
    listed: lists.map(({ listed }) => listed),
    principals: searched.filter((one) => sets.some((listed) => listed.has(one))),
    around,
  });
  // Somebody may have been deleted, or the caller have lost a right, since the lists were made.
  if (page === null) firstOf(searches).check(await tools.directory.revision());
  // INVARIANT: decisions are the same for all of a class.
  if (page === null) throw new Error('one of a class of principals is unlike the others');
  return page;
}

const NO_PAGE: Scanned['page'] = { total: 0, before: 0, entries: [] };

/** By action; null: each principal has to be decided. */
async function listsOf(
  searches: readonly WhoCanSearch[],
  index: PrincipalIndex | null,
  resources: readonly SearchedResource[],
): Promise<readonly ListedSet[] | null> {
  if (index === null) return null;
  const lists: ListedSet[] = [];
  const divisions = new Divisions(true);
  for (const [at, { resource }] of resources.entries()) {
    const listed = await setByClass(searches[at] ?? firstOf(searches), index, resource, divisions);
    if (listed === null) return null;
    lists.push(listed);
  }
  return lists;
}

/** The page of what is listed, each entry with its own decisions. Null: one of them is no longer to be listed. */
async function pageOf(searches: readonly WhoCanSearch[], list: WhoCanAnyList): Promise<WhoCanAny | null> {
  const { listed, principals, around } = list;
  const first = firstOf(searches);
  const { after, limit } = first.options;
  const before = after === null ? 0 : firstBehind(principals, after);
  const some = principals.slice(before, before + limit);
  if ((await visibleAmong(first, some)).length < some.length) return null;
  const found = new Map<string, ActionAccess[]>(some.map(({ arn }) => [arn, []]));
  for (const [place, each] of searches.entries()) {
    const arns = some.filter((one) => listed[place]?.has(one) === true).map(({ arn }) => arn);
    if (arns.length === 0) continue;
    for (const [at, one] of (await each.find(arns)).entries()) {
      if (one === null || one.conditions === null) return null;
      found.get(arns[at] ?? '')?.push({ answer: one.answer, conditions: one.conditions });
    }
  }
  const entries = [...found.values()].map(entryOf);
  return { total: principals.length, before, entries, ...around, list };
}

/** INVARIANT: something is asked about. */
function firstOf(searches: readonly WhoCanSearch[]): WhoCanSearch {
  const [first] = searches;
  if (first === undefined) throw new Error('no action is asked about');
  return first;
}

/** INVARIANT: it may do at least one. What it may do without conditions comes first. */
function entryOf(all: readonly ActionAccess[]): PrincipalAccess {
  const [first] = [...all.filter(({ conditions }) => conditions.length === 0), ...all];
  if (first === undefined) throw new Error('a principal is listed that may do nothing');
  return { ...first, actions: all };
}

interface Scanned {
  readonly page: Pick<WhoCan, 'total' | 'before' | 'entries'>;
  readonly accounts: ReadonlySet<string>;
}

/** Decides for each principal, and each action, page by page: memory holds the entries of one page. */
async function scan(searches: readonly WhoCanSearch[], beside: Map<WhoCanSearch, Beside>): Promise<Scanned> {
  const first = firstOf(searches);
  const page = new PagePart<PrincipalAccess>(first.options);
  const accounts = new Set(first.options.scope?.accounts ?? []);
  for (const each of searches) beside.set(each, new Beside());
  for (const kind of ['userArns', 'roleArns'] as const) {
    for await (const arns of partsOfPages(pagesIn(first, kind))) {
      for (const arn of arns) accounts.add(parseArn(arn)?.accountId ?? '');
      const may = new Map<string, ActionAccess[]>();
      for (const each of searches) {
        const found = (await each.find(arns)).filter((one) => one !== null);
        for (const one of await visibleFound(each, found)) {
          beside.get(each)?.add(one);
          const { answer, conditions } = one;
          const arn = principalIdOf(answer.question.subject.principal);
          if (conditions !== null) may.set(arn, [...(may.get(arn) ?? []), { answer, conditions }]);
        }
      }
      for (const [arn, all] of may) page.add(arn, entryOf(all));
    }
  }
  return { page: page.result(), accounts };
}

/** Each outsider once, with the statements that let it in for any of the actions. */
function together(outside: readonly Outsiders[]): readonly Outsider[] {
  const all = new Map<string, Outsider>();
  for (const one of outside.flatMap(({ outsiders }) => outsiders)) {
    const key = `${one.kind} ${one.value}`;
    const known = all.get(key);
    const places = new Map([...(known?.statements ?? []), ...one.statements].map((each) => [statementKey(each), each]));
    const conditional = one.conditional && known?.conditional !== false;
    all.set(key, { ...one, statements: [...places.values()], conditional });
  }
  return [...all.values()];
}

function statementKey({ layer, policy, index }: Outsider['statements'][number]): string {
  return `${layer} ${policy} ${index}`;
}
