import { randomUUID } from 'node:crypto';
import type { LiveCatalog } from '../../catalog/live-catalog.ts';
import type { PreparedResource } from '../../evaluation/prepare.ts';
import type { Touched } from '../apply/touched.ts';
import { namesConcerned } from '../bearers/bearer-index.ts';
import type { AskedDirectory, Gathered, GatherRequest } from '../directory.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import type { ChangeStep } from '../entities/entity-store.ts';
import { tryChanges } from '../entities/make-changes.ts';
import type { AccountFacts } from '../gather/account-facts.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import { Findings } from '../gather/remembered.ts';
import { currentRevision } from '../gather/revision-rows.ts';
import { isRoleArn } from '../gather/wanted.ts';
import { arnsAmong, WITH_POLICY } from '../prisma/arn-page.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { ChangedDirectory, type TouchedNames } from './changed-directory.ts';
import { accountsOf, bearersIn, idsOf, readConcerned } from './concerned.ts';
import { contentKey } from './content-key.ts';
import { type Preview, type PreviewStore, StateHasMoved } from './preview.ts';

/** What previews need. */
interface PreviewParts {
  readonly store: Store;
  readonly shared: AskedDirectory;
  readonly compiled: CompiledPolicies;
  readonly catalog: LiveCatalog;
}

/** Changes that are tried, and never stored. */
export function previews(parts: PreviewParts): PreviewStore {
  return {
    begin: async (steps, options) => {
      await parts.shared.revision();
      return begin(parts, steps, options);
    },
  };
}

async function begin(
  { store, shared, compiled, catalog }: PreviewParts,
  steps: readonly ChangeStep[],
  given?: ChangeOptions,
): Promise<Preview> {
  const { memory } = store;
  // What each try makes has the same ids.
  const options = { ...given, seed: randomUUID() };
  const first = await tryChanges(store, catalog, steps, options, async (sql, made) => ({
    ...made,
    revision: await currentRevision(sql),
    there: await namesThere(sql, made.touched),
  }));
  const { revision, touched, there, names } = first;
  // The first try has looked for conflicts; later ones are of the same state, or of none.
  const { expectedRevision: _expected, ...others } = options;
  const replay = <T>(read: (sql: Sql) => Promise<T>): Promise<T> =>
    tryChanges(store, catalog, steps, others, async (sql) => {
      if ((await currentRevision(sql)) !== revision) throw new StateHasMoved();
      return read(sql);
    });
  const after = new ChangedDirectory({ shared, memory, compiled, catalog, revision, touched, names: there, replay });
  const check = async (): Promise<void> => {
    if ((await shared.revision()) !== revision) throw new StateHasMoved();
  };
  await check();
  const made = [...idsOf(touched, 'User'), ...idsOf(touched, 'Role')];
  return {
    revision,
    touched,
    names,
    after,
    concerned: async (most) => {
      const accounts = await changedAccounts(store.database, shared, after, touched);
      const groups = idsOf(touched, 'Group');
      const policies = idsOf(touched, 'ManagedPolicy');
      const stored = await readConcerned(store.database, { groups, policies, accounts, names: new Set() }, most);
      const bearers = await bearersIn(store.database, accounts, most);
      await check();
      return {
        principals: inOrder([...stored, ...made]).slice(0, most),
        bearers: [...new Set([...idsOf(touched, 'Resource'), ...idsOf(touched, 'Role'), ...bearers])].slice(0, most),
      };
    },
    namedBy: async (values, most) => {
      const concerning = { groups: [], policies: [], accounts: [], names: namesOfAll(values) };
      const stored = await readConcerned(store.database, concerning, most);
      await check();
      // What is made, or gets another name, is stored nowhere yet: the decision says whether it is meant.
      return inOrder([...stored, ...made]).slice(0, most);
    },
    accountsAmong: async (ids) => {
      if (ids.length === 0) return new Set();
      const rows = await store.database.query<{ id: string }>('SELECT id FROM "Account" WHERE id = ANY($1::text[])', [
        [...ids],
      ]);
      return new Set([...rows.map(({ id }) => id), ...idsOf(touched, 'Account')]);
    },
  };
}

/** What is there of what is touched, in a transaction in which the changes are made. */
async function namesThere(sql: Sql, touched: readonly Touched[]): Promise<TouchedNames> {
  const resources = idsOf(touched, 'Resource');
  return {
    users: await arnsAmong(sql, '"User"', idsOf(touched, 'User')),
    roles: await arnsAmong(sql, '"Role"', idsOf(touched, 'Role')),
    resources: await arnsAmong(sql, '"Resource"', resources),
    bearers: await arnsAmong(sql, '"Resource"', resources, WITH_POLICY),
  };
}

/** Accounts in which, or above which, something is different. */
async function changedAccounts(
  sql: Sql,
  shared: AskedDirectory,
  after: AskedDirectory,
  touched: readonly Touched[],
): Promise<readonly string[]> {
  const organizations = idsOf(touched, 'Organization');
  const ids = [...new Set([...idsOf(touched, 'Account'), ...(await accountsOf(sql, organizations))])];
  if (ids.length === 0) return [];
  const request: GatherRequest = { principals: [], roles: [], resources: [], accounts: ids, forSearch: true };
  const [before, then] = [await shared.gather(request), await after.gather(request)];
  return ids.filter((id) => textOf(before, id) !== textOf(then, id));
}

/** What decisions take from an account and what is above it. */
function textOf(gathered: Gathered, id: string): string {
  if (!(gathered instanceof Findings)) throw new Error('a gather finds what it was asked for');
  // Entries under this key are made by `load` and nowhere else.
  const facts = gathered.find(`account ${id}`)?.value as AccountFacts;
  const { organization, serviceControl, resourceControl, publicAccess, gaps, knowledge, partition } = facts;
  const known = ['TRUST_POLICIES', 'IDENTITY_POLICIES', 'PERMISSIONS_BOUNDARIES', 'CONTROL_POLICIES'] as const;
  const levels = [serviceControl, resourceControl].map((control) =>
    control?.map(({ level, policies }) => [level.id, policies.map((one) => [one.id, contentKey(one.policy)])]),
  );
  return JSON.stringify([partition, organization, levels, publicAccess, gaps, known.map((each) => knowledge.of(each))]);
}

/** Users before roles, each once and in the order of their ARNs. */
function inOrder(arns: readonly string[]): readonly string[] {
  return [...new Set(arns)].sort((a, b) => Number(isRoleArn(a)) - Number(isRoleArn(b)) || (a < b ? -1 : 1));
}

/** The names of whom policies can concern; null: everybody. */
function namesOfAll(values: readonly PreparedResource[]): ReadonlySet<string> | null {
  const all = new Set<string>();
  for (const value of values) {
    const names = namesConcerned(value);
    if (names === null) return null;
    for (const name of names) all.add(name);
  }
  return all;
}
