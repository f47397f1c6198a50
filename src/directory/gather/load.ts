import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import { finished, type Steps } from '../../policy/steps.ts';
import { inTurn } from '../apply/batches.ts';
import { sha256 } from '../apply/change-set.ts';
import type { Known } from '../directory.ts';
import type { Sql } from '../prisma/database.ts';
import { type OwnServices, readServices, touchesServices } from '../services/own-services.ts';
import { type AccountFacts, accountFacts, controlDocuments } from './account-facts.ts';
import { type AccountRow, type OrganizationRow, readAccountRows } from './account-rows.ts';
import { type NeededDocument, neededBy } from './attached-policies.ts';
import { buildEndpoint } from './build-endpoint.ts';
import { buildFederated } from './build-federated.ts';
import { type BuiltRole, buildRole, buildRoot, buildUser } from './build-principals.ts';
import { buildResource, buildRoleResource } from './build-resources.ts';
import { buildSessions } from './build-sessions.ts';
import type { Compiled, CompiledBatch, CompiledPolicies } from './compiled-policies.ts';
import { dependency, type Entry, type Memory } from './memory.ts';
import { ownerOf, type ResourceRows, resourceRows, serviceOf } from './resource-rows.ts';
import {
  type AttachedRow,
  type EntityRows,
  type FederatedRow,
  type HolderRow,
  readDocuments,
  readEntityRows,
} from './rows.ts';
import type { StoredResources } from './stored-resources.ts';
import { isRoleArn, keyOf, namesOf, type Wanted } from './wanted.ts';

/** What loading uses of a memory. */
export type LoadMemory = Pick<Memory, 'revision' | 'get' | 'advance' | 'forget'>;

export interface LoadTools {
  readonly catalog: Catalog;
  readonly compiled: CompiledPolicies;
  readonly memory: LoadMemory;
  readonly resources: StoredResources;
  /** Moves on with the memory. Left out: the catalogue is AWS's alone. */
  readonly services?: OwnServices;
}

/** Entries of one revision, by key: those asked for, and what they were built from. */
export interface Loaded {
  readonly revision: bigint;
  readonly catalog: Catalog;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** What was read, of one revision, from which more is to be made than at once. */
interface Unfinished {
  readonly revision: bigint;
  /** Makes it: once the transaction is over, which the database would otherwise end for waiting. */
  finish(): Promise<Loaded>;
}

/** Accounts and organizations of a batch, from memory where it has them, else from the database. */
interface Accounts {
  readonly facts: Map<string, AccountFacts>;
  readonly accounts: ReadonlyMap<string, AccountRow>;
  readonly organizations: ReadonlyMap<string, OrganizationRow>;
}

/** Most resources that have changed and are read along by one statement. */
const STALE_ROWS = 500;

/** Documents and entries that are made without letting others in. */
const MADE_AT_ONCE = 16;

/**
 * Reads what is wanted in three statements, which must see one state of the database. All three are sent even where the first finds
 * nothing: what does not exist must take as long as what the caller may not know of.
 */
export async function load(
  sql: Sql,
  wanted: readonly Wanted[],
  now: number,
  tools: LoadTools,
): Promise<Loaded | Unfinished> {
  const { memory } = tools;
  const catalog = tools.catalog.now;
  const names = namesOf(wanted, catalog);
  // Those that have changed are read along, whoever asks about what.
  const stale = [...tools.resources.stale].slice(0, STALE_ROWS);
  const asked = { ...names, resources: [...new Set([...names.resources, ...stale])] };
  const rows = await readEntityRows(sql, asked, memory.revision, now);
  if (tools.services !== undefined && touchesServices(rows.touched)) {
    // What was read by the former catalogue is read anew by the one of this state.
    const state = await readServices(sql, memory.revision);
    tools.services.advance(memory, state);
    const { services: _, ...others } = tools;
    return load(sql, wanted, now, { ...others, catalog: tools.services.catalogWith(state.services) });
  }
  memory.advance(rows.revision, rows.touched);
  if (memory.revision === rows.revision) tools.resources.learn(asked.resources, rows.resources);
  const stored = new Map(rows.resources.map((row) => [row.arn, row]));
  const resources = new Map<string, ResourceRows>();
  const accountIds = new Set([...rows.users, ...rows.roles, ...rows.endpoints].map((row) => row.accountId));
  for (const one of wanted) {
    if (one.kind === 'root' || one.kind === 'account' || one.kind === 'federated') accountIds.add(one.accountId);
    if (one.kind !== 'resource') continue;
    const holders = one.arn === '*' ? [] : catalog.policyHolders(one.arn);
    const about = resourceRows(one, holders, stored, serviceOf(one.arn, catalog));
    const owner = ownerOf(about);
    for (const id of [owner, about.bucket?.accountId ?? null]) if (id !== null) accountIds.add(id);
    resources.set(keyOf(one), about);
  }
  const policies = withCatalog(rows, wanted, catalog);
  const accounts = await readAccounts(sql, accountIds, rows.revision, memory);
  const documents = await readMissing(sql, needed(rows, policies, accounts, wanted), policies.texts, tools);
  const { revision } = rows;
  const compiled: CompiledBatch = { get: (kind, hash) => documents.compiled.get(`${kind} ${hash}`) };
  const entries = new Map<string, Entry>();
  const making = function* (): Steps<void> {
    yield* compileEach(documents, tools);
    yield* build(entries, rows, wanted, resources, accounts, policies.rows, compiled, now);
  };
  const loaded = { revision, catalog, entries };
  if (documents.missing.size + wanted.length <= MADE_AT_ONCE) {
    finished(making());
    return loaded;
  }
  return {
    revision,
    finish: async () => {
      await setImmediate();
      await inTurn(making(), () => undefined);
      return loaded;
    },
  };
}

/** Managed policies by ARN; those of AWS that are not stored come from the catalogue, their texts with them. */
function withCatalog(rows: EntityRows, wanted: readonly Wanted[], catalog: Catalog) {
  const byArn = new Map<string, AttachedRow>(rows.policies.map((row) => [row[0], row]));
  const texts = new Map<string, string>();
  const asked = [
    ...wanted.flatMap((one) => (one.kind === 'policy' ? [one.arn] : [])),
    ...[...rows.sessions, ...rows.federated].flatMap((session) => session.sessionPolicyArns),
  ];
  for (const arn of asked) {
    if (byArn.get(arn)?.[2] != null) continue;
    const entry = catalog.managedPolicy(arn);
    if (entry === null) continue;
    const hash = sha256(entry.document);
    texts.set(hash, entry.document);
    byArn.set(arn, [arn, entry.name, hash]);
  }
  for (const { sessionPolicies } of [...rows.sessions, ...rows.federated]) {
    for (const text of sessionPolicies) texts.set(sha256(text), text);
  }
  return { rows: byArn, texts };
}

async function readAccounts(
  sql: Sql,
  ids: ReadonlySet<string>,
  revision: bigint,
  memory: LoadMemory,
): Promise<Accounts> {
  const facts = new Map<string, AccountFacts>();
  // INVARIANT of Memory: its entries are true of its revision, which may be a later one by now.
  if (memory.revision === revision) {
    for (const id of ids) {
      const known = memory.get(`account ${id}`);
      // Entries under this key are made below and nowhere else.
      if (known !== undefined) facts.set(id, known.value as AccountFacts);
    }
  }
  const missing = [...ids].filter((id) => !facts.has(id));
  const { accounts, organizations } = await readAccountRows(sql, missing);
  return {
    facts,
    accounts: new Map(accounts.map((row) => [row.id, row])),
    organizations: new Map(organizations.map((row) => [row.id, row])),
  };
}

function organizationOf(account: AccountRow | undefined, { organizations }: Accounts): OrganizationRow | null {
  return account?.organizationId == null ? null : (organizations.get(account.organizationId) ?? null);
}

function needed(
  rows: EntityRows,
  policies: { readonly rows: ReadonlyMap<string, AttachedRow>; readonly texts: ReadonlyMap<string, string> },
  accounts: Accounts,
  wanted: readonly Wanted[],
): readonly NeededDocument[] {
  const documents: NeededDocument[] = [];
  const add = (kind: NeededDocument['kind'], hash: string | null | undefined): void => {
    if (hash != null) documents.push({ kind, hash });
  };
  for (const row of [...rows.users, ...rows.groups, ...rows.roles]) documents.push(...neededBy(row));
  for (const row of [...rows.users, ...rows.roles]) add('boundary', row.boundary?.[2]);
  for (const row of rows.roles) add('trust', row.trustPolicyHash);
  for (const row of rows.resources) add('resource', row.policyHash);
  for (const row of rows.endpoints) add('vpce', row.policyHash);
  for (const account of accounts.accounts.values()) {
    const organization = organizationOf(account, accounts);
    if (organization !== null) documents.push(...controlDocuments(account, organization));
  }
  for (const session of [...rows.sessions, ...rows.federated]) {
    for (const text of session.sessionPolicies) add('session', sha256(text));
    for (const arn of session.sessionPolicyArns) add('session', policies.rows.get(arn)?.[2]);
  }
  for (const one of wanted) if (one.kind === 'policy') add('session', policies.rows.get(one.arn)?.[2]);
  return documents;
}

/** Documents of a batch: those that are compiled, and the others with their texts. */
interface Documents {
  readonly compiled: Map<string, Compiled>;
  readonly missing: ReadonlyMap<string, NeededDocument>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Texts in `known` are not read again. */
async function readMissing(
  sql: Sql,
  documents: readonly NeededDocument[],
  known: ReadonlyMap<string, string>,
  { compiled }: LoadTools,
): Promise<Documents> {
  const batch = new Map<string, Compiled>();
  const missing = new Map<string, NeededDocument>();
  for (const document of documents) {
    const key = `${document.kind} ${document.hash}`;
    const found = compiled.get(document.kind, document.hash);
    if (found === undefined) missing.set(key, document);
    else batch.set(key, found);
  }
  const unread = new Set([...missing.values()].map(({ hash }) => hash).filter((hash) => !known.has(hash)));
  const texts = await readDocuments(sql, [...unread]);
  return { compiled: batch, missing, texts: new Map([...texts, ...known]) };
}

/** Compiles what is missing, one after the other. */
function* compileEach({ compiled: batch, missing, texts }: Documents, { compiled, resources }: LoadTools): Steps<void> {
  for (const [key, { kind, hash }] of missing) {
    const text = texts.get(hash);
    if (text === undefined) continue;
    batch.set(key, compiled.compile(kind, hash, text));
    if (kind === 'resource') resources.keepText(hash, text);
    yield 1;
  }
}

/** Puts what is wanted into `entries`, one after the other. */
function* build(
  entries: Map<string, Entry>,
  rows: EntityRows,
  wanted: readonly Wanted[],
  resources: ReadonlyMap<string, ResourceRows>,
  accounts: Accounts,
  policyRows: ReadonlyMap<string, AttachedRow>,
  compiled: CompiledBatch,
  now: number,
): Steps<void> {
  const factsOf = (id: string): AccountFacts => {
    const known = accounts.facts.get(id);
    if (known !== undefined) return known;
    const row = accounts.accounts.get(id);
    const facts = accountFacts(id, row ?? null, organizationOf(row, accounts), compiled);
    accounts.facts.set(id, facts);
    entries.set(`account ${id}`, accountEntry(facts));
    return facts;
  };
  const groups = new Map(rows.groups.map((row) => [row.id, row]));
  const users = new Map(rows.users.map((row) => [row.arn, row]));
  const endpoints = new Map(rows.endpoints.map((row) => [row.id, row]));
  const roles = new Map<string, Entry<BuiltRole>>();
  for (const row of rows.roles) {
    const entry = buildRole(row, factsOf(row.accountId), compiled);
    roles.set(row.arn, entry);
    entries.set(`role ${row.arn}`, entry);
    yield 1;
  }
  const roleEntry = (arn: string): Entry<BuiltRole | null> =>
    roles.get(arn) ?? { value: null, dependencies: [dependency('Role', arn)], bytes: 200 };
  for (const one of wanted) {
    const key = keyOf(one);
    if (one.kind === 'user') {
      const row = users.get(one.arn);
      const absent = { value: null, dependencies: [dependency('User', one.arn)], bytes: 200 };
      entries.set(key, row === undefined ? absent : buildUser(row, groups, factsOf(row.accountId), compiled));
    } else if (one.kind === 'role') entries.set(key, roleEntry(one.arn));
    else if (one.kind === 'root') entries.set(key, buildRoot(one, factsOf(one.accountId)));
    else if (one.kind === 'account') entries.set(key, accountEntry(factsOf(one.accountId)));
    else if (one.kind === 'policy') entries.set(key, buildPolicy(one.arn, policyRows, compiled));
    else if (one.kind === 'endpoint')
      entries.set(key, buildEndpoint(one.arn, endpoints.get(one.arn) ?? null, factsOf, compiled));
    else if (one.kind === 'federated') {
      const account = factsOf(one.accountId);
      const makerOf = makers(rows, groups, account, compiled);
      entries.set(key, buildFederated(one.arn, rows.federated, makerOf, account, policyRows, compiled, now));
    } else if (one.kind === 'sessions')
      entries.set(key, buildSessions(one.arn, rows, roles, policyRows, compiled, now));
    else {
      const about = resources.get(key);
      if (about === undefined) continue;
      entries.set(key, resourceEntry(about, roleEntry, factsOf, compiled));
    }
    yield 1;
  }
}

/** A role is a resource, too, with its trust policy. */
function resourceEntry(
  about: ResourceRows,
  roleEntry: (arn: string) => Entry<BuiltRole | null>,
  factsOf: (id: string) => AccountFacts,
  compiled: CompiledBatch,
): Entry {
  const owner = ownerOf(about);
  if (owner !== null && isRoleArn(about.arn)) {
    return buildRoleResource(about.arn, roleEntry(about.arn), factsOf(owner));
  }
  const bucketOwner = about.bucket === null ? null : factsOf(about.bucket.accountId);
  return buildResource(about, owner === null ? null : factsOf(owner), bucketOwner, compiled);
}

function accountEntry(facts: AccountFacts): Entry<AccountFacts> {
  return { value: facts, dependencies: facts.dependencies, bytes: 1_000 };
}

/** The makers of an account's federated sessions, in their current state; null: deleted. */
function makers(
  rows: EntityRows,
  groups: ReadonlyMap<string, HolderRow>,
  account: AccountFacts,
  compiled: CompiledBatch,
): (row: FederatedRow) => Entry<Known<PreparedPrincipal>> | null {
  return ({ userId }) => {
    const { id: accountId, partition } = account;
    if (userId === null)
      return buildRoot({ arn: `arn:${partition ?? 'aws'}:iam::${accountId}:root`, accountId }, account);
    const user = rows.users.find(({ id }) => id === userId);
    return user === undefined ? null : buildUser(user, groups, account, compiled);
  };
}

function buildPolicy(
  arn: string,
  policyRows: ReadonlyMap<string, AttachedRow>,
  compiled: CompiledBatch,
): Entry<AttachedPolicy | null> {
  const [, name, hash] = policyRows.get(arn) ?? [arn, arn, null];
  const found = hash === null ? undefined : compiled.get('session', hash);
  const value = found !== undefined && 'policy' in found ? { policy: found.policy, id: arn, name, arn } : null;
  return { value, dependencies: [dependency('ManagedPolicy', arn)], bytes: 300 };
}
