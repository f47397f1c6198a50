import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { PreparedPrincipal, PreparedRole } from '../../evaluation/prepare.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import type {
  AccountOrganization,
  Gathered,
  GatherRequest,
  Known,
  KnownEndpoint,
  KnownResource,
  Revision,
} from '../directory.ts';
import type { KnowledgeLayer } from '../document.ts';
import type { Database } from '../prisma/database.ts';
import type { RoleSessionRecord } from '../stores/session-store.ts';
import { type AccountFacts, organizationOf } from './account-facts.ts';
import type { BuiltFederated } from './build-federated.ts';
import { type BuiltRole, type BuiltSession, type BuiltSessions, unstoredPrincipal } from './build-principals.ts';
import { type LoadTools, load } from './load.ts';
import type { Entry } from './memory.ts';
import { readStoredResources } from './read-stored-resources.ts';
import type { Surroundings } from './stored-resources.ts';
import { collectWanted, resourceKey, type Wanted } from './wanted.ts';

/**
 * What was found, by key, all of one revision. The first word of a key names the kind of its entry: `build` in load.ts,
 * the only place that makes entries, and the casts below must agree.
 */
class Findings implements Gathered {
  readonly revision: Revision;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #now: number | null;

  constructor(revision: Revision, entries: ReadonlyMap<string, Entry>, now: number | null) {
    this.revision = revision;
    this.#entries = entries;
    this.#now = now;
  }

  principal(ref: PrincipalRef): Known<PreparedPrincipal> | null {
    switch (ref.kind) {
      case 'user':
      case 'root':
        return this.#entry(`${ref.kind} ${ref.arn}`) as Known<PreparedPrincipal> | null;
      case 'role':
        return this.#role(ref.arn)?.principal ?? null;
      case 'roleSession':
        return this.#session(ref.arn)?.principal ?? this.#sessions(ref.arn).absent;
      case 'federatedUser':
        return this.#federated(ref.arn);
      case 'service':
      case 'anonymous':
        break;
    }
    return unstoredPrincipal(ref);
  }

  role(arn: string): Known<PreparedRole> | null {
    return this.#role(arn)?.role ?? null;
  }

  resource(arn: string, accountId: string | null): KnownResource {
    return this.#entry(resourceKey(arn, accountId)) as KnownResource;
  }

  session(ref: PrincipalRef): RoleSessionRecord | null {
    return ref.kind === 'roleSession' ? (this.#session(ref.arn)?.record ?? null) : null;
  }

  organization(accountId: string): AccountOrganization | null {
    return organizationOf(this.#entry(`account ${accountId}`) as AccountFacts);
  }

  endpoint(id: string): KnownEndpoint | null {
    return this.#entry(`endpoint ${id}`) as KnownEndpoint | null;
  }

  knows(accountId: string, layer: KnowledgeLayer, service?: string): boolean {
    return (this.#entry(`account ${accountId}`) as AccountFacts).knowledge.isComplete(layer, service);
  }

  policy(arn: string): AttachedPolicy | null {
    return this.#entry(`policy ${arn}`) as AttachedPolicy | null;
  }

  #role(arn: string): BuiltRole | null {
    return this.#entry(`role ${arn}`) as BuiltRole | null;
  }

  #sessions(arn: string): BuiltSessions {
    return this.#entry(`sessions ${arn}`) as BuiltSessions;
  }

  #session(arn: string): BuiltSession | null {
    const { sessions } = this.#sessions(arn);
    const now = this.#now;
    return (now === null ? sessions[0] : sessions.find(({ record }) => record.expiresAt > now)) ?? null;
  }

  #federated(arn: string): Known<PreparedPrincipal> {
    const { sessions, absent } = this.#entry(`federated ${arn}`) as BuiltFederated;
    const now = this.#now;
    const session = now === null ? sessions[0] : sessions.find(({ expiresAt }) => expiresAt > now);
    return session?.principal ?? absent;
  }

  #entry(key: string): unknown {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new Error(`\`${key}\` was not part of the gather request`);
    return entry.value;
  }
}

/** Pages of stored resources for which an opening directory waits. */
const AWAITED_PAGES = 8;

/** Tries before everything is read at once, in case others write so often that memory is always behind. */
const ATTEMPTS = 3;

/** Answers gather requests from memory, and reads what memory lacks. */
export class Gatherer {
  readonly #database: Database;
  readonly #tools: LoadTools;
  readonly #synchronize: () => Promise<unknown>;
  readonly #around: Surroundings;
  #reading: Promise<void> | null = null;
  #closed = false;

  /** `synchronize` brings memory to a revision that was current when it was called, or later. */
  constructor(database: Database, tools: LoadTools, synchronize: () => Promise<unknown>) {
    this.#database = database;
    this.#tools = tools;
    this.#synchronize = synchronize;
    const { catalog, compiled, memory } = tools;
    // Entries under this key are made by `load` and nowhere else.
    const account = (id: string) => memory.get(`account ${id}`)?.value as AccountFacts | undefined;
    this.#around = { catalog, compiled, account };
  }

  /**
   * Reads all stored resources, if they are not in memory. Resolves when a small directory is read; a large one is read on
   * in the background, and the database answers questions about its resources meanwhile.
   */
  readResources(): Promise<void> {
    const { resources, memory } = this.#tools;
    if (this.#reading !== null || resources.state !== 'unread' || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      resources.begin();
      const reading = readStoredResources(this.#database, resources, {
        isWanted: () => !this.#closed && resources.state === 'reading',
        accounts: (accounts) => this.gather({ principals: [], roles: [], resources: [], accounts }, memory.revision),
        onPage: (pages) => {
          if (pages === AWAITED_PAGES) resolve();
        },
      })
        // A database that is away is reported by those who need it.
        .catch(() => resources.forget())
        .finally(() => {
          this.#reading = null;
          resolve();
        });
      this.#reading = reading;
    });
  }

  /** Ends what is being read in the background. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading;
  }

  /**
   * What `gather` would answer, without waiting; null: something is not in memory, or others may have written since. Only
   * where this process alone writes is the memory known to be current.
   */
  gatherNow(request: GatherRequest): Gathered | null {
    if (!this.#database.exclusive) return null;
    const now = request.now ?? null;
    const { entries, missing } = this.#recall(collectWanted(request), now, request.forSearch === true);
    return missing.length === 0 ? new Findings(this.#tools.memory.revision, entries, now) : null;
  }

  /** `since`: any state that is no older is good enough; null: one that was current when this was called, or later. */
  async gather(request: GatherRequest, since: Revision | null = null): Promise<Gathered> {
    const { memory } = this.#tools;
    const wanted = collectWanted(request);
    const now = request.now ?? null;
    const { forSearch = false } = request;
    const isFresh = this.#database.exclusive || (since !== null && memory.revision >= since);
    if (!isFresh) await this.#synchronize();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const revision = memory.revision;
      const { entries, missing } = this.#recall(wanted, now, forSearch);
      if (missing.length === 0) return new Findings(revision, entries, now);
      const loaded = await this.#load(missing, now, forSearch);
      if (loaded.revision !== revision && entries.size > 0) continue;
      for (const [key, entry] of loaded.entries) entries.set(key, entry);
      return new Findings(loaded.revision, entries, now);
    }
    const loaded = await this.#load([...wanted.values()], now, forSearch);
    return new Findings(loaded.revision, loaded.entries, now);
  }

  /** The places of accounts that belong to an organization, on a state that is no older than `since`. */
  async organizationOf(
    accountIds: readonly string[],
    since: Revision | null,
  ): Promise<ReadonlyMap<string, AccountOrganization>> {
    const gathered = await this.gather({ principals: [], roles: [], resources: [], accounts: accountIds }, since);
    const found = new Map<string, AccountOrganization>();
    for (const id of accountIds) {
      const organization = gathered.organization(id);
      if (organization !== null) found.set(id, organization);
    }
    return found;
  }

  /** What of `wanted` is in memory, and what is not. */
  #recall(wanted: ReadonlyMap<string, Wanted>, now: number | null, forSearch: boolean) {
    const { memory } = this.#tools;
    const { revision } = memory;
    const entries = new Map<string, Entry>();
    const missing: Wanted[] = [];
    for (const [key, one] of wanted) {
      const entry = memory.get(key, forSearch) ?? this.#made(one, revision);
      if (entry !== undefined && isUsable(one, entry, now)) entries.set(key, entry);
      else missing.push(one);
    }
    return { entries, missing };
  }

  /** What follows from the names of all stored resources alone. */
  #made(wanted: Wanted, revision: bigint): Entry | undefined {
    return wanted.kind === 'resource' ? this.#tools.resources.make(wanted, revision, this.#around) : undefined;
  }

  async #load(wanted: readonly Wanted[], now: number | null, forSearch: boolean) {
    const loaded = await this.#database.transaction('read', (sql) => load(sql, wanted, now ?? Date.now(), this.#tools));
    const { memory } = this.#tools;
    if (this.#tools.resources.state === 'unread') void this.readResources();
    if (memory.revision !== loaded.revision) return loaded;
    for (const [key, entry] of loaded.entries) {
      if (entry.passing !== true) memory.put(key, entry, forSearch);
    }
    return loaded;
  }
}

/** Sessions that expired before they were read are not in the list, so it cannot answer about an earlier instant. */
function isUsable(wanted: Wanted, entry: Entry, now: number | null): boolean {
  if (now === null || (wanted.kind !== 'sessions' && wanted.kind !== 'federated')) return true;
  return (entry.value as BuiltSessions | BuiltFederated).readAt <= now;
}
