import { inTurn } from '../apply/batches.ts';
import type { AccountOrganization, Gathered, GatherRequest, HeldKind, Remembered, Revision } from '../directory.ts';
import type { Database, Sql, TransactionKind } from '../prisma/database.ts';
import { StoreUnavailable } from '../store-unavailable.ts';
import type { AccountFacts } from './account-facts.ts';
import { readHeld } from './held-documents.ts';
import { type LoadTools, load } from './load.ts';
import type { Entry, Memory } from './memory.ts';
import { Quiet } from './quiet.ts';
import { readStoredResources } from './read-stored-resources.ts';
import { Findings, isUsable, LiveMemory } from './remembered.ts';
import type { Surroundings } from './stored-resources.ts';
import { collectWanted, type Wanted } from './wanted.ts';

/** Pages of stored resources for which an opening directory waits. */
const AWAITED_PAGES = 8;

/** Tries before everything is read at once, in case others write so often that memory is always behind. */
const ATTEMPTS = 3;

/** More at once are planned each time, which is a small part of what they take, and may be read in another way than one by one. */
const LOOKED_UP = 100;

/** Connections that are made ready for questions at the start: one of them reads on in the background. */
const READY = 2;
/** Look-ups on each: a process of the server takes twice as long for the first few. */
const ROUNDS = 3;

/** Things that are made of what is in memory without letting others in. */
const MADE_AT_ONCE = 8;

/** Whether memory is current. */
interface Current {
  /** As far as questions need it. */
  readonly isFresh: boolean;
  /** Makes it so. */
  refresh(): Promise<unknown>;
}

/** What is loaded is kept in the memory. */
type GatherTools = LoadTools & { readonly memory: Memory };

/** One of each kind that most questions are about, as far as any is stored. */
async function firstStored(sql: Sql): Promise<readonly Wanted[]> {
  const [row] = await sql.query<{ user: string | null; role: string | null; resource: string | null }>(
    `SELECT (SELECT min(arn) FROM "User") AS user, (SELECT min(arn) FROM "Role") AS role, (SELECT min(arn) FROM "Resource") AS resource`,
  );
  const { user = null, role = null, resource = null } = row ?? {};
  const stored: Wanted[] = [];
  if (user !== null) stored.push({ kind: 'user', arn: user });
  if (role !== null) stored.push({ kind: 'role', arn: role });
  if (resource !== null) stored.push({ kind: 'resource', arn: resource, accountId: null });
  return stored;
}

/** Answers gather requests from memory, and reads what memory lacks. */
export class Gatherer {
  readonly #database: Database;
  readonly #tools: GatherTools;
  readonly #current: Current;
  readonly #replica: Database | null;
  readonly #around: Surroundings;
  readonly #quiet = new Quiet();
  #reading: Promise<void> | null = null;
  /** Memory as it was last asked for, without anything beside it. */
  #remembered: LiveMemory | null = null;
  #closed = false;

  /** `replica`: where it is read, unless that is behind; null: on `database`. */
  constructor(database: Database, tools: GatherTools, current: Current, replica: Database | null = null) {
    this.#replica = replica;
    this.#database = database;
    this.#tools = tools;
    this.#current = current;
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
        turn: () => this.#quiet.turn(),
        accounts: (accounts) => this.#gather({ principals: [], roles: [], resources: [], accounts }, memory.revision),
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

  /** A question is about to be asked: what is read in the background waits for it. */
  expect(): void {
    this.#quiet.expect();
  }

  /**
   * Has some connections to a server plan what is looked up, and read something that is stored: both would take most of the time of
   * the first question on each. What does not answer is found out by who asks.
   */
  async prepare(): Promise<void> {
    const lookUp = async (sql: Sql): Promise<void> => {
      const stored = await firstStored(sql);
      for (let round = 0; round < ROUNDS; round++) await load(sql, stored, Date.now(), this.#tools);
    };
    const readyAt = (server: Database | null): Promise<unknown> =>
      Promise.allSettled(
        server === null || server.exclusive
          ? []
          : Array.from({ length: READY }, () => server.transaction('look-up', lookUp)),
      );
    // A replica may be away, which a start does not wait for.
    void readyAt(this.#replica);
    await readyAt(this.#database);
  }

  /** Ends what is being read in the background. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading;
  }

  /** As in Directory. */
  remember(now: number, since: Revision | null, loaded: Gathered | null): Remembered | null {
    const { memory, resources } = this.#tools;
    const isFresh = this.#current.isFresh || (since !== null && memory.revision >= since);
    if (!isFresh) return null;
    if (loaded !== null) return new LiveMemory(memory, resources, this.#around, now, loaded);
    if (this.#remembered?.isStill(now) !== true)
      this.#remembered = new LiveMemory(memory, resources, this.#around, now, null);
    return this.#remembered;
  }

  /** `since`: any state that is no older is good enough; null: one that was current when this was called, or later. */
  gather(request: GatherRequest, since: Revision | null = null): Promise<Gathered> {
    return this.#quiet.during(() => this.#gather(request, since));
  }

  async #gather(request: GatherRequest, since: Revision | null): Promise<Gathered> {
    const { memory } = this.#tools;
    const wanted = collectWanted(request);
    const now = request.now ?? null;
    const { forSearch = false } = request;
    const isFresh = this.#current.isFresh || (since !== null && memory.revision >= since);
    if (!isFresh) await this.#current.refresh();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (wanted.size > MADE_AT_ONCE) await this.#makeInTurns(wanted, forSearch);
      const revision = memory.revision;
      const catalog = this.#tools.catalog.now;
      const { entries, missing } = this.#recall(wanted, now, forSearch);
      if (missing.length === 0) return new Findings(revision, catalog, entries, now);
      const loaded = await this.#load(missing, now, forSearch);
      if (loaded.revision !== revision && entries.size > 0) continue;
      for (const [key, entry] of loaded.entries) entries.set(key, entry);
      return new Findings(loaded.revision, loaded.catalog, entries, now);
    }
    const loaded = await this.#load([...wanted.values()], now, forSearch);
    return new Findings(loaded.revision, loaded.catalog, loaded.entries, now);
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

  /** As in Directory. */
  held(kind: HeldKind, arns: readonly string[]): ReturnType<typeof readHeld> {
    const { compiled } = this.#tools;
    return this.#quiet.during(() => this.#read('read', (sql) => readHeld(sql, kind, arns, compiled)));
  }

  /** Makes what `#recall` would make, which is remembered, with room for others: their policies may have to be compiled. */
  async #makeInTurns(wanted: ReadonlyMap<string, Wanted>, forSearch: boolean): Promise<void> {
    const { memory } = this.#tools;
    await inTurn(wanted, ([key, one]) => {
      if (one.kind === 'resource' && memory.get(key, forSearch) === undefined) this.#made(one, memory.revision);
    });
  }

  /** What of `wanted` is in memory, and what is not. */
  #recall(wanted: ReadonlyMap<string, Wanted>, now: number | null, forSearch: boolean) {
    const { memory } = this.#tools;
    const { revision } = memory;
    const entries = new Map<string, Entry>();
    const missing: Wanted[] = [];
    for (const [key, one] of wanted) {
      const entry = memory.get(key, forSearch) ?? this.#made(one, revision);
      if (entry !== undefined && isUsable(key, entry, now)) entries.set(key, entry);
      else missing.push(one);
    }
    return { entries, missing };
  }

  /** What follows from the names of all stored resources alone. */
  #made(wanted: Wanted, revision: bigint): Entry | undefined {
    return wanted.kind === 'resource' ? this.#tools.resources.make(wanted, revision, this.#around) : undefined;
  }

  /** On the replica, if there is one and it is not behind what is known here. */
  async #read<T extends { readonly revision: bigint }>(
    kind: TransactionKind,
    work: (sql: Sql) => Promise<T>,
  ): Promise<T> {
    if (this.#replica !== null) {
      const known = this.#tools.memory.revision;
      const read = await this.#replica.transaction(kind, work).catch((error: unknown) => {
        if (error instanceof StoreUnavailable) return null;
        throw error;
      });
      if (read !== null && read.revision >= known) return read;
    }
    return this.#database.transaction(kind, work);
  }

  async #load(wanted: readonly Wanted[], now: number | null, forSearch: boolean) {
    const read = await this.#read(wanted.length > LOOKED_UP ? 'read' : 'look-up', (sql) =>
      load(sql, wanted, now ?? Date.now(), this.#tools),
    );
    const loaded = 'finish' in read ? await read.finish() : read;
    const { catalog, memory } = this.#tools;
    if (this.#tools.resources.state === 'unread') void this.readResources();
    await inTurn(loaded.entries, ([key, entry]) => {
      const isTrue = memory.revision === loaded.revision && catalog.now === loaded.catalog;
      if (isTrue && entry.passing !== true) memory.put(key, entry, forSearch);
    });
    return loaded;
  }
}
