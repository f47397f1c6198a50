import { setImmediate } from 'node:timers/promises';
import { inTurn } from '../apply/batches.ts';
import type { Touched } from '../apply/revision.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import type { Memory } from '../gather/memory.ts';
import { type MemoryBudget, SHARES } from '../gather/memory-budget.ts';
import { readDocuments } from '../gather/rows.ts';
import type { Database, Sql } from '../prisma/database.ts';
import { HeldIndex, IN_CHANGE } from './held-index.ts';
import type { PrincipalIndex } from './indexed-principals.ts';
import {
  PRINCIPAL_PAGE,
  type PrincipalNames,
  type PrincipalRows,
  readNamedPrincipals,
  readPrincipalPage,
} from './principal-rows.ts';

/** Part of the room that it may take. More is not held: searches then go through the directory. */
const SHARE = SHARES.held.principals;
/** Milliseconds after which an index that took too much room is tried again. */
const TRIED_AGAIN = 600_000;
/** Documents that are read by one statement. */
const DOCUMENTS = 50;
/** Tries before a search goes through the directory, in case others write all the time. */
const ATTEMPTS = 5;
/** Statements that read what is stale before it is tried anew, in case others write all the time. */
const MOST_READ = 100;
/** Principals between two lines about how far it is. */
const TOLD_EVERY = 10_000;

/** How far the reading of the index is; `done` equals `total` at its end. */
export interface IndexProgress {
  readonly principals: number;
  readonly isDone: boolean;
  /** It takes more room than there is, and is not held. */
  readonly isTooLarge: boolean;
}

type StaleNames = Record<keyof PrincipalNames, Set<string>>;

const KIND_OF: Readonly<Record<string, keyof PrincipalNames>> = {
  User: 'users',
  Role: 'roles',
  Group: 'groups',
  ManagedPolicy: 'policies',
};

/** What keeping the index needs. */
export interface IndexTools {
  readonly database: Database;
  readonly memory: Memory;
  readonly compiled: CompiledPolicies;
  readonly budget: MemoryBudget;
  /** Brings the memory to the state that the database has now. */
  readonly synchronize: () => Promise<void>;
}

/**
 * Reads the index when it is first asked for, and keeps it true: what a revision touched is read again before the next question.
 * INVARIANT: once it is read, it is true of the memory's revision, but for what is stale.
 */
export class IndexKeeper {
  readonly #tools: IndexTools;
  #index: HeldIndex | null = null;
  /** Until then it counts as too large: how much room there is is measured as the process runs. */
  #tooLargeUntil = 0;
  #stale: StaleNames = nothing();
  /** What was read is of this state, or an earlier one. */
  #seen = 0n;
  #weight = 0;
  #isClosed = false;
  /** The reading, or reading again, that is under way. */
  #working: Promise<PrincipalIndex | null> | null = null;
  #tell: (progress: IndexProgress) => void = () => undefined;

  constructor(tools: IndexTools) {
    this.#tools = tools;
  }

  /** Tells how far the reading is. */
  onProgress(tell: (progress: IndexProgress) => void): void {
    this.#tell = tell;
  }

  /** The memory moves on; `touched` null: too much to list. */
  advance(touched: readonly Touched[] | null): void {
    if (touched === null) {
      this.#forget();
      // There may be less by now.
      this.#tooLargeUntil = 0;
      return;
    }
    if (this.#index === null) return;
    for (const { entity, entityId } of touched) {
      const kind = KIND_OF[entity];
      if (kind !== undefined) this.#stale[kind].add(entityId);
    }
  }

  /** The index of the memory's revision, which is read first where necessary; null: it is not held. */
  current(): Promise<PrincipalIndex | null> {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working?.catch(() => undefined);
  }

  async #work(): Promise<PrincipalIndex | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (performance.now() < this.#tooLargeUntil || this.#isClosed) return null;
      if (this.#index === null) await this.#readAll();
      const index = this.#index;
      if (index !== null && (await this.#caughtUp(index))) return index;
    }
    return null;
  }

  #forget(): void {
    this.#index = null;
    this.#stale = nothing();
    this.#seen = 0n;
    this.#weigh(0);
  }

  #weigh(weight: number): void {
    this.#tools.budget.addHeld(weight - this.#weight);
    this.#weight = weight;
  }

  async #readAll(): Promise<void> {
    const index = new HeldIndex(this.#tools.compiled);
    this.#index = index;
    try {
      await this.#readInto(index);
    } catch (error) {
      if (this.#index === index) this.#forget();
      throw error;
    }
  }

  async #readInto(index: HeldIndex): Promise<void> {
    let told = 0;
    for (const kind of ['groups', 'users', 'roles'] as const) {
      for (let after: string | null = ''; after !== null; await setImmediate()) {
        const { rows, last }: Awaited<ReturnType<typeof readPrincipalPage>> = await readPrincipalPage(
          this.#tools.database,
          kind,
          after,
        );
        if (!(await this.#add(index, rows))) return;
        const principals = index.users.length + index.roles.length;
        if (principals - told >= TOLD_EVERY) {
          told = principals;
          this.#tell({ principals, isDone: false, isTooLarge: false });
        }
        after = last;
      }
    }
    this.#tell({ principals: index.users.length + index.roles.length, isDone: true, isTooLarge: false });
  }

  /** False: it is no longer wanted, or takes too much room. */
  async #add(index: HeldIndex, rows: PrincipalRows): Promise<boolean> {
    if (rows.revision > this.#seen) this.#seen = rows.revision;
    await this.#readDocuments(this.#tools.database, index, rows);
    if (this.#index !== index || this.#isClosed) return false;
    index.principals.put(rows);
    return this.#isWithinRoom(index);
  }

  #isWithinRoom(index: HeldIndex): boolean {
    this.#weigh(index.weight);
    if (index.weight <= this.#tools.budget.room * SHARE) return true;
    const principals = index.users.length + index.roles.length;
    this.#forget();
    this.#tooLargeUntil = performance.now() + TRIED_AGAIN;
    this.#tell({ principals, isDone: true, isTooLarge: true });
    return false;
  }

  async #readDocuments(sql: Sql, index: HeldIndex, rows: PrincipalRows): Promise<void> {
    const read = async (hashes: readonly string[], take: (hash: string, text: string) => void): Promise<void> => {
      for (let at = 0; at < hashes.length; at += DOCUMENTS) {
        // Large documents take milliseconds each.
        await inTurn(await readDocuments(sql, hashes.slice(at, at + DOCUMENTS)), ([hash, text]) => take(hash, text));
        await setImmediate();
      }
    };
    await read(index.principals.unknownIn(rows), (hash, text) => index.documents.add(hash, text));
    await read(index.principals.unknownTrustIn(rows), (hash, text) => index.learnTrust(hash, text));
  }

  /** As `#catchUp`. What could not be read is no longer among the stale: the index is read anew. */
  async #caughtUp(index: HeldIndex): Promise<boolean> {
    try {
      return await this.#catchUp(index);
    } catch (error) {
      if (this.#index === index) this.#forget();
      throw error;
    }
  }

  /** Reads what is stale. False: the memory has moved on meanwhile, or the index is gone. */
  async #catchUp(index: HeldIndex): Promise<boolean> {
    const { memory, database, synchronize } = this.#tools;
    if (memory.revision < this.#seen) await synchronize();
    for (let read = 0; sizeOf(this.#stale) > 0; read += 1) {
      if (this.#index !== index || read >= MOST_READ) return false;
      index.revision = IN_CHANGE;
      const names = take(this.#stale);
      const rows = await readNamedPrincipals(database, names, memory.revision);
      if (rows.revision > this.#seen) this.#seen = rows.revision;
      await this.#readDocuments(database, index, rows);
      if (this.#index !== index) return false;
      this.#replace(index, names, rows);
      if (!this.#isWithinRoom(index)) return false;
      await setImmediate();
      if (memory.revision < this.#seen) await synchronize();
    }
    if (this.#index !== index || memory.revision < this.#seen) return false;
    index.revision = memory.revision;
    return true;
  }

  #replace(index: HeldIndex, names: PrincipalNames, rows: PrincipalRows): void {
    const { principals } = index;
    principals.put(rows);
    const gone = (asked: readonly string[], found: readonly { readonly arn: string }[]): readonly string[] => {
      const there = new Set(found.map(({ arn }) => arn));
      return asked.filter((arn) => !there.has(arn));
    };
    const members = principals.remove({
      users: gone(names.users, rows.users),
      roles: gone(names.roles, rows.roles),
      groups: gone(names.groups, rows.groups),
    });
    for (const arn of members) this.#stale.users.add(arn);
    const policies = rows.policies.map(([arn]) => ({ arn }));
    for (const arn of gone(names.policies, policies)) {
      const holders = principals.holdersOf(arn);
      for (const kind of ['users', 'roles', 'groups'] as const) {
        for (const one of holders[kind]) this.#stale[kind].add(one);
      }
    }
    index.documents.dropUnheld();
    principals.dropUnheldTrust();
  }
}

function nothing(): StaleNames {
  return { users: new Set(), roles: new Set(), groups: new Set(), policies: new Set() };
}

function sizeOf({ users, roles, groups, policies }: StaleNames): number {
  return users.size + roles.size + groups.size + policies.size;
}

/** Some of the names, which are no longer stale unless they change again. Users come after the groups that they are in. */
function take(stale: StaleNames): PrincipalNames {
  const some = (names: Set<string>): readonly string[] => {
    const taken = [...names].slice(0, PRINCIPAL_PAGE);
    for (const name of taken) names.delete(name);
    return taken;
  };
  const groups = some(stale.groups);
  return {
    users: stale.groups.size > 0 ? [] : some(stale.users),
    roles: some(stale.roles),
    groups,
    policies: some(stale.policies),
  };
}
