import type { Gathered } from '../directory/directory.ts';
import type { IndexedPrincipal, PrincipalIndex } from '../directory/principals/indexed-principals.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { Steps } from '../policy/steps.ts';
import { everyResource } from './every-resource.ts';
import { rootOf } from './outside-principals.ts';
import { type Candidates, Divisions, type PrincipalClass, PrincipalClasses } from './principal-classes.ts';
import { endpointIdOf, throughEndpoint } from './vpc-endpoint.ts';
import type { FoundPrincipals, Listed, PrincipalAccess } from './who-can-answer.ts';
import { Beside, type Found } from './who-can-found.ts';
import { compareArns } from './who-can-page.ts';
import { isOfPattern, type PatternScope, patternScope } from './who-can-pattern.ts';
import { refOf, type WhoCanSearch } from './who-can-search.ts';

/** Classes that are decided, or principals that are looked at, together. */
const TOGETHER = 100;

/** Who may do what a search asks about, in no order. */
export interface ListedSet extends Omit<Listed, 'principals'> {
  readonly listed: ReadonlySet<IndexedPrincipal>;
  /** All that were searched, in their order. */
  readonly searched: readonly IndexedPrincipal[];
}

/** Divides the principals into classes of equal outcome, and decides one of each. Null: each has to be decided. */
export async function listByClass(
  search: WhoCanSearch,
  index: PrincipalIndex,
  resource: PreparedResource,
): Promise<Listed | null> {
  const found = await setByClass(search, index, resource, new Divisions(false));
  if (found === null) return null;
  const { listed, searched, beside, accounts } = found;
  return { principals: searched.filter((one) => listed.has(one)), beside, accounts };
}

/** The same. `divisions`: of searches about the same resource, on the same revision, in the same scope. */
export async function setByClass(
  search: WhoCanSearch,
  index: PrincipalIndex,
  resource: PreparedResource,
  divisions: Divisions,
): Promise<ListedSet | null> {
  const { tools, options } = search;
  const pattern = isOfPattern(search) ? await patternScope(search) : undefined;
  if (pattern === null) return null;
  search.check(index.revision);
  divisions.candidates ??= await tools.work.run(candidates(search, index));
  const { principals: searched, accounts } = divisions.candidates;
  const classes = await tools.work.run(
    await dividing(search, index, { resource, pattern: pattern ?? null, divisions }, searched, accounts),
  );
  search.check(index.revision);
  const beside = new Beside();
  /** The classes that are listed. */
  const places: number[] = [];
  for (let at = 0; at < classes.length; at += TOGETHER) {
    const some = classes.slice(at, at + TOGETHER);
    const found = await search.find(some.map(({ members }) => members[0]?.arn ?? ''));
    for (const [place, alike] of some.entries()) {
      const one = found[place] ?? null;
      if (one === null) continue;
      const visible = divisions.visible.get(alike) ?? (await visibleAmong(search, alike.members));
      divisions.visible.set(alike, visible);
      if (visible.length === 0) continue;
      beside.add(one, visible.length);
      for (const same of await eachAccount(search, one, visible)) beside.add(same, 0);
      if (one.conditions !== null) places.push(at + place);
    }
  }
  const all = new Set([...(options.scope?.accounts ?? []), ...accounts.keys()]);
  return { listed: membersOf(classes, places, divisions), searched, beside, accounts: all };
}

/** The visible members of some classes: the same set for all actions that list the same ones. */
function membersOf(
  classes: readonly PrincipalClass[],
  places: readonly number[],
  { listed, visible }: Divisions,
): ReadonlySet<IndexedPrincipal> {
  const sets = listed.get(classes) ?? new Map<string, ReadonlySet<IndexedPrincipal>>();
  listed.set(classes, sets);
  const key = places.join();
  const known = sets.get(key);
  if (known !== undefined) return known;
  const found = new Set<IndexedPrincipal>();
  for (const place of places) {
    const alike = classes[place];
    if (alike !== undefined) for (const one of visible.get(alike) ?? []) found.add(one);
  }
  sets.set(key, found);
  return found;
}

/** The page of what is listed, each entry with its own decision. Null: one of them is no longer to be listed. */
export async function pageByClass(
  search: WhoCanSearch,
  { principals, beside, accounts }: Listed,
): Promise<FoundPrincipals | null> {
  const { after, limit } = search.options;
  const before = after === null ? 0 : firstBehind(principals, after);
  const some = principals.slice(before, before + limit);
  const entries: PrincipalAccess[] = [];
  if ((await visibleAmong(search, some)).length < some.length) return null;
  for (let at = 0; at < some.length; at += TOGETHER) {
    for (const one of await search.find(some.slice(at, at + TOGETHER).map(({ arn }) => arn))) {
      if (one === null || one.conditions === null) return null;
      entries.push({ answer: one.answer, conditions: one.conditions });
    }
  }
  return { page: { total: principals.length, before, entries }, beside, accounts };
}

/** The principals of the accounts that are searched, with one ARN of each account. */
function* candidates({ options: { scope }, check }: WhoCanSearch, index: PrincipalIndex): Steps<Candidates> {
  const within = scope === null || scope.accounts === null ? null : new Set(scope.accounts);
  const principals: IndexedPrincipal[] = [];
  const accounts = new Map<string, string>();
  for (const list of [index.users, index.roles]) {
    for (const [place, one] of list.entries()) {
      if (place % 1024 === 0) {
        yield 1;
        check(index.revision);
      }
      if (within !== null && !within.has(one.accountId)) continue;
      principals.push(one);
      if (!accounts.has(one.accountId)) accounts.set(one.accountId, one.arn);
    }
  }
  return { principals, accounts };
}

/** The root users of these accounts, and what is known of them. */
async function rootsOf(
  { tools, question, now, check }: WhoCanSearch,
  accounts: ReadonlyMap<string, string>,
): Promise<Gathered> {
  const endpoint = endpointIdOf(question.context);
  const wanted = {
    principals: [...accounts].map(([id, arn]) => rootOf(id, arn.split(':', 2)[1] ?? 'aws')),
    roles: [],
    resources: [],
    accounts: [...accounts.keys()],
    endpoints: endpoint === null ? [] : [endpoint],
    now,
  };
  return tools.directory.gather(wanted, check.first);
}

async function dividing(
  search: WhoCanSearch,
  index: PrincipalIndex,
  {
    resource,
    pattern,
    divisions,
  }: {
    readonly resource: PreparedResource;
    readonly pattern: PatternScope | null;
    readonly divisions: Divisions;
  },
  principals: readonly IndexedPrincipal[],
  accounts: ReadonlyMap<string, string>,
): Promise<Steps<readonly PrincipalClass[]>> {
  const { question, action, options, now, check } = search;
  const { context, assumeContextKeys: assumes = true, tagsAsGiven } = question;
  divisions.gathered ??= await rootsOf(search, accounts);
  const { gathered } = divisions;
  check(gathered.revision);
  const way = throughEndpoint({ kind: 'user' }, context, gathered);
  const facts = { now, authority: 'directory', assumes, ...(tagsAsGiven === true ? { tagsAsGiven } : {}) } as const;
  const open = { action, resource: everyResource(action, resource), request: { ...way, ...facts } };
  const { behind, itself = null } = options.scope ?? {};
  const division = { byPlace: behind !== undefined, apart: itself, pattern };
  return new PrincipalClasses(index, open, gathered, division, divisions).divide(principals, accounts);
}

/** Those that the answer may include. */
export async function visibleAmong(
  search: WhoCanSearch,
  members: readonly IndexedPrincipal[],
): Promise<readonly IndexedPrincipal[]> {
  if (search.options.scope === null) return members;
  const seen: IndexedPrincipal[] = [];
  for (let at = 0; at < members.length; at += TOGETHER) {
    await search.tools.work.turn();
    const some = members.slice(at, at + TOGETHER);
    const visible = await search.visible(some.map(({ arn }) => refOf(arn)));
    seen.push(...some.filter((_one, place) => visible[place] === true));
  }
  return seen;
}

/** Where a gap names the account of the one that was decided: what is found in each other account of the class. */
async function eachAccount(
  search: WhoCanSearch,
  { answer, gaps }: Found,
  members: readonly IndexedPrincipal[],
): Promise<readonly Found[]> {
  const { principal } = answer.question.subject;
  const own = principal.kind === 'user' || principal.kind === 'role' ? principal.accountId : '';
  if (![...gaps, ...(answer.resourceGaps ?? [])].some((gap) => gap.includes(own))) return [];
  const first = new Map<string, IndexedPrincipal>();
  for (const one of members) if (one.accountId !== own && !first.has(one.accountId)) first.set(one.accountId, one);
  const arns = [...first.values()].map(({ arn }) => arn);
  const found: Found[] = [];
  for (let at = 0; at < arns.length; at += TOGETHER) {
    for (const one of await search.find(arns.slice(at, at + TOGETHER))) if (one !== null) found.push(one);
  }
  return found;
}

/** The place of the first one behind an ARN. */
export function firstBehind(principals: readonly IndexedPrincipal[], after: string): number {
  let low = 0;
  let high = principals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareArns(principals[middle]?.arn ?? '', after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
