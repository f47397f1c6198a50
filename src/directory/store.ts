import { setTimeout as delay } from 'node:timers/promises';
import type { Touched } from './apply/revision.ts';
import type { Memory } from './gather/memory.ts';
import { readRevision } from './gather/revision-rows.ts';
import type { Database, Sql, WritingSql } from './prisma/database.ts';
import { ofAnotherHistory, RevisionNotReached } from './revision-not-reached.ts';
import { type OwnServices, readServices, touchesServices } from './services/own-services.ts';

/** What a change returns: the revision it led to, or the unchanged one if it touched nothing. */
export interface Change<T> {
  readonly revision: bigint;
  readonly touched: readonly Touched[];
  readonly result: T;
}

/** How far answers may be behind what others have written. Milliseconds. */
export interface Freshness {
  /** A question is answered from memory that was current this long ago; 0: when the question came. */
  readonly maxStaleness: number;
  /** How long a question waits for a revision that has not been reached. */
  readonly catchUp: number;
}

/** Where nothing is set. */
export const USUAL_FRESHNESS: Freshness = { maxStaleness: 0, catchUp: 2_000 };

/** Between two looks for a revision that has not been reached. Milliseconds. */
const AGAIN_AFTER = 50;

/** What a store may have beside its database and its memory. */
interface StoreParts {
  readonly freshness?: Freshness;
  /** Where questions are read; left out: where everything else is. */
  readonly replica?: Database | null;
  /** Services of applications, which move on with the memory; left out: there are none. */
  readonly services?: OwnServices | null;
}

/** The database, and the memory of what was read from it. */
export class Store {
  readonly database: Database;
  readonly memory: Memory;
  readonly #freshness: Freshness;
  readonly #replica: Database | null;
  #restored: bigint | null;
  readonly #services: OwnServices | null;
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #replicaReading: Promise<void> | null = null;
  /** When the memory was last known to be current, by `performance.now()`. */
  #currentAt = Number.NEGATIVE_INFINITY;
  /** Whether a change of services was made here that could not be read afterwards: memory and catalogue are behind it. */
  #isBehind = false;
  /** The last revision that was written here. */
  #written = 0n;
  /** The last revision that others have told of. */
  #told = 0n;
  /** Since when others tell this process of their changes, by `performance.now()`; null: they do not. */
  #listensSince: number | null = null;

  /** `restored`: as in Reached. `replica`: where questions are read; null: on `database`, as everything else. */
  constructor(
    database: Database,
    memory: Memory,
    restored: bigint | null = null,
    { freshness = USUAL_FRESHNESS, replica = null, services = null }: StoreParts = {},
  ) {
    this.#services = services;
    this.database = database;
    this.#replica = replica;
    this.memory = memory;
    this.#restored = restored;
    this.#freshness = freshness;
    // A change that was not acknowledged may have been made.
    database.onReopened?.((sql) => this.#catchUp(sql));
  }

  /**
   * Brings the memory to a revision that was current when this was called, or later. There is nothing to do where this
   * process is the only writer; otherwise one read is shared by all callers that wait for it. A read under way began before
   * a new caller came: that caller waits for the next one.
   */
  synchronize(): Promise<void> {
    if (this.database.exclusive && !this.#isBehind) return Promise.resolve();
    if (this.#reading === null) return this.#read();
    this.#next ??= this.#reading.then(
      () => this.#read(),
      () => this.#read(),
    );
    return this.#next;
  }

  /**
   * As `synchronize`, for a question: a revision that was current a little earlier is good enough, if the settings say so, and so is
   * that of a replica, unless this process knows a later one.
   */
  refresh(): Promise<void> {
    if (this.isFresh) return Promise.resolve();
    const replica = this.#replica;
    // Where a bound is set it holds for what a replica has not yet heard of, too.
    if (replica === null || this.#freshness.maxStaleness > 0 || this.memory.revision < this.#written) {
      return this.synchronize();
    }
    this.#replicaReading ??= this.#readReplica(replica).finally(() => {
      this.#replicaReading = null;
    });
    return this.#replicaReading;
  }

  async #readReplica(replica: Database): Promise<void> {
    const since = this.memory.revision;
    const reached = await readRevision(replica, since).catch(() => null);
    if (reached === null) await this.synchronize();
    else if (this.#services !== null && touchesServices(reached.touched)) {
      await this.#withServices(this.#services, replica).catch(() => this.synchronize());
    } else if (this.memory.revision === since) this.memory.advance(reached.revision, reached.touched);
  }

  /** As `refresh`, for credentials: no replica is asked, nor memory while nobody would tell this process that they have ended. */
  refreshCredentials(): Promise<void> {
    return this.#isTold && this.isFresh ? Promise.resolve() : this.synchronize();
  }

  /** Whether this process learns of what others do: it listens, and has read what they did before it did. */
  get #isTold(): boolean {
    return this.#listensSince !== null && this.#currentAt >= this.#listensSince;
  }

  /** Whether questions are answered from memory as it is. What was written here is never hidden. */
  get isFresh(): boolean {
    if (this.database.exclusive) return !this.#isBehind;
    const { maxStaleness } = this.#freshness;
    if (maxStaleness === 0 || this.memory.revision < this.#written) return false;
    return performance.now() - this.#currentAt <= maxStaleness;
  }

  /** Others tell this process of their changes from now on: what they did before is read. */
  async listening(): Promise<void> {
    this.#listensSince = performance.now();
    // Where it fails, the next read that succeeds does as well.
    await this.synchronize().catch(() => undefined);
  }

  /** They do so no more. */
  deaf(): void {
    this.#listensSince = null;
  }

  /** Revisions that are known to be newer than the memory. */
  get lag(): number {
    const { revision } = this.memory;
    return Math.max(0, Number(this.#told - revision), Number(this.#written - revision));
  }

  /** Somebody committed `revision`. */
  told(revision: bigint): void {
    if (revision > this.#told) this.#told = revision;
    if (revision > this.memory.revision) this.synchronize().catch(() => undefined);
  }

  /** As `synchronize`, before a change: it reads the revision where a question would not have. */
  beforeChange(): Promise<void> {
    const isReadAnyway = this.#freshness.maxStaleness === 0 && this.#replica === null;
    return isReadAnyway ? Promise.resolve() : this.synchronize();
  }

  /**
   * Resolves when the memory is at `atLeast` or later; nothing is waited for if it is. Throws CONFLICT for a revision from before
   * a restore, and RevisionNotReached when others have not got there in time. `field`: the argument that gives it.
   */
  reach(atLeast: bigint, field = 'atLeast'): Promise<void> | undefined {
    this.#checkHistory(atLeast, field);
    return this.memory.revision >= atLeast ? undefined : this.#waitFor(atLeast, field);
  }

  async #waitFor(atLeast: bigint, field: string): Promise<void> {
    const { catchUp } = this.#freshness;
    const until = performance.now() + catchUp;
    for (;;) {
      await this.synchronize();
      this.#checkHistory(atLeast, field);
      const { revision } = this.memory;
      if (revision >= atLeast) return;
      // Nobody else could get it there.
      if (this.database.exclusive) throw new RevisionNotReached(atLeast, revision, 0, field);
      const left = until - performance.now();
      if (left <= 0) throw new RevisionNotReached(atLeast, revision, catchUp, field);
      await delay(Math.min(left, AGAIN_AFTER));
    }
  }

  #checkHistory(revision: bigint, field: string): void {
    if (this.#restored !== null && revision < this.#restored) throw ofAnotherHistory(field);
  }

  #read(): Promise<void> {
    this.#next = null;
    const reading = this.#catchUp();
    this.#reading = reading;
    const finish = (): void => {
      if (this.#reading === reading) this.#reading = null;
    };
    reading.then(finish, finish);
    return reading;
  }

  async #catchUp(sql: Sql = this.database): Promise<void> {
    const began = performance.now();
    const { revision, touched, restored } = await readRevision(sql, this.memory.revision);
    this.#restored = restored;
    if (this.#services !== null && touchesServices(touched)) await this.#withServices(this.#services, sql);
    else this.memory.advance(revision, touched);
    this.#currentAt = Math.max(this.#currentAt, began);
  }

  /** Memory and catalogue move on together. */
  async #withServices(services: OwnServices, sql: Sql): Promise<void> {
    services.advance(this.memory, await readServices(sql, this.memory.revision));
    this.#isBehind = false;
  }

  /** The change is made: where it cannot be read now, the next question reads it. */
  async #readWritten(services: OwnServices): Promise<void> {
    try {
      await this.#withServices(services, this.database);
    } catch {
      this.#isBehind = true;
    }
  }

  /** One writing transaction. Every question asked after it sees it. `database`: that of long work, where it is long. */
  async change<T>(work: (sql: WritingSql, now: number) => Promise<Change<T>>, database = this.database): Promise<T> {
    const now = Date.now();
    const { revision, touched, result } = await database.transaction('write', (sql) => work(sql, now));
    if (this.#services !== null && (this.#isBehind || touchesServices(touched)))
      await this.#readWritten(this.#services);
    else if (revision === this.memory.revision + 1n) this.memory.advance(revision, touched);
    // Others have written in between; on a server the next question reads what they wrote.
    else if (this.database.exclusive) this.memory.advance(revision, null);
    if (revision > this.#written) this.#written = revision;
    return result;
  }
}
