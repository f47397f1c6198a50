import type { Touched } from './apply/revision.ts';
import type { Memory } from './gather/memory.ts';
import { readRevision } from './gather/revision-rows.ts';
import type { Database, Sql } from './prisma/database.ts';
import { type OwnServices, readServices, touchesServices } from './services/own-services.ts';

/** What a change returns: the revision it led to, or the unchanged one if it touched nothing. */
export interface Change<T> {
  readonly revision: bigint;
  readonly touched: readonly Touched[];
  readonly result: T;
}

/** The database, and the memory of what was read from it. */
export class Store {
  readonly database: Database;
  readonly memory: Memory;
  readonly #services: OwnServices | null;
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  /** `services`: moves on with the memory; left out: there are none. */
  constructor(database: Database, memory: Memory, services: OwnServices | null = null) {
    this.#services = services;
    this.database = database;
    this.memory = memory;
    // A change that was not acknowledged may have been made.
    database.onReopened?.((sql) => this.#catchUp(sql));
  }

  /**
   * Brings the memory to a revision that was current when this was called, or later. There is nothing to do where this
   * process is the only writer; otherwise one read is shared by all callers that wait for it. A read under way began before
   * a new caller came: that caller waits for the next one.
   */
  synchronize(): Promise<void> {
    if (this.database.exclusive) return Promise.resolve();
    if (this.#reading === null) return this.#read();
    this.#next ??= this.#reading.then(
      () => this.#read(),
      () => this.#read(),
    );
    return this.#next;
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
    const { revision, touched } = await readRevision(sql, this.memory.revision);
    if (this.#services !== null && touchesServices(touched)) await this.#withServices(this.#services, sql);
    else this.memory.advance(revision, touched);
  }

  /** Memory and catalogue move on together. */
  async #withServices(services: OwnServices, sql: Sql): Promise<void> {
    services.advance(this.memory, await readServices(sql, this.memory.revision));
  }

  /** One writing transaction. Every question asked after it sees it. `database`: that of long work, where it is long. */
  async change<T>(work: (sql: Sql, now: number) => Promise<Change<T>>, database = this.database): Promise<T> {
    const now = Date.now();
    const { revision, touched, result } = await database.transaction('write', (sql) => work(sql, now));
    if (this.#services !== null && touchesServices(touched)) await this.#withServices(this.#services, this.database);
    else if (revision === this.memory.revision + 1n) this.memory.advance(revision, touched);
    // Others have written in between; on a server the next question reads what they wrote.
    else if (this.database.exclusive) this.memory.advance(revision, null);
    return result;
  }
}
