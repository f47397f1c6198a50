import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import type { LiveCatalog } from '../../catalog/live-catalog.ts';
import type { Touched } from '../apply/revision.ts';
import type { Gathered, GatherRequest } from '../directory.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import type { Memory } from '../gather/memory.ts';
import { type MemoryBudget, SHARES } from '../gather/memory-budget.ts';
import { isRoleArn } from '../gather/wanted.ts';
import { arnPage, arnsAmong, WITH_POLICY } from '../prisma/arn-page.ts';
import type { Database } from '../prisma/database.ts';
import { BearerIndex } from './bearer-index.ts';
import type { PolicyBearers } from './policy-bearers.ts';
import { type RoleTrust, trustAmong, trustPage } from './role-trust.ts';

/** Part of the room that it may take. More is not held: all policies are then looked at each time. */
const SHARE = SHARES.held.bearers;
/** Bearers that are read before others have their turn. */
const PAGE = 100;
/** Tries to reach the present state, in case others write all the time. */
const ATTEMPTS = 5;
/** So many that changed are read again; after more, everything is. */
const MOST_STALE = 5_000;

interface KeeperTools {
  readonly database: Database;
  readonly memory: Memory;
  readonly catalog: LiveCatalog;
  readonly budget: MemoryBudget;
  readonly compiled: CompiledPolicies;
  readonly gather: (request: GatherRequest) => Promise<Gathered>;
  /** Brings the memory to the state that the database has now. */
  readonly synchronize: () => Promise<void>;
}

/**
 * Reads the bearers of policies when they are first asked for, and keeps them true: what a revision touched is read again before
 * they are asked for the next time. INVARIANT: once they are read, they are true of the memory's revision, but for what is stale.
 */
export class BearerKeeper {
  readonly #tools: KeeperTools;
  #index: BearerIndex | null = null;
  /** The catalogue says which resources are inside others. */
  #catalog: Catalog | null = null;
  #isTooLarge = false;
  #stale = new Set<string>();
  #weight = 0;
  #working: Promise<PolicyBearers | null> | null = null;

  constructor(tools: KeeperTools) {
    this.#tools = tools;
  }

  /** The memory moves on; `touched` null: too much to list. */
  advance(touched: readonly Touched[] | null): void {
    if (touched === null) this.#forget();
    else if (this.#index !== null) {
      for (const { entity, entityId } of touched)
        if (entity === 'Resource' || entity === 'Role') this.#stale.add(entityId);
      if (this.#stale.size > MOST_STALE) this.#forget();
    }
  }

  /** Those of the memory's revision; null: they are not held. */
  current(): Promise<PolicyBearers | null> {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  async #work(): Promise<PolicyBearers | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (this.#catalog !== this.#tools.catalog.now) this.#forget();
      if (this.#isTooLarge) return null;
      if (this.#index === null) await this.#readAll();
      else if (this.#stale.size > 0) await this.#readStale(this.#index);
      const index = this.#index;
      const { memory, catalog } = this.#tools;
      if (index === null || this.#stale.size > 0 || this.#catalog !== catalog.now) continue;
      return {
        revision: memory.revision,
        owners: index.owners,
        concerning: (names) => index.concerning(names),
        inside: (arn) => index.inside(arn),
      };
    }
    return null;
  }

  #forget(): void {
    this.#index = null;
    this.#isTooLarge = false;
    this.#stale = new Set();
    this.#weigh(0);
  }

  #weigh(weight: number): void {
    this.#tools.budget.addHeld(weight - this.#weight);
    this.#weight = weight;
  }

  /** What changes from here on is stale. */
  async #readAll(): Promise<void> {
    const { catalog, synchronize } = this.#tools;
    const index = new BearerIndex();
    this.#index = index;
    this.#catalog = catalog.now;
    try {
      await this.#readResources(index);
      await this.#readRoles(index);
      if (this.#index !== index) return;
      // A page can be of a state that the memory does not know yet.
      await synchronize();
    } catch (error) {
      if (this.#index === index) this.#forget();
      throw error;
    }
  }

  async #readResources(index: BearerIndex): Promise<void> {
    const { database } = this.#tools;
    for (let after = ''; this.#index === index; await setImmediate()) {
      const page: readonly string[] = await arnPage(database, RESOURCES, { after, limit: PAGE }, WITH_POLICY);
      await this.#add(index, page.filter(isNoRole));
      if (page.length < PAGE) return;
      after = page.at(-1) ?? after;
    }
  }

  async #readRoles(index: BearerIndex): Promise<void> {
    const { database, compiled } = this.#tools;
    for (let after = ''; this.#index === index; await setImmediate()) {
      const page: readonly RoleTrust[] = await trustPage(database, compiled, { after, limit: PAGE });
      this.#addRoles(index, page);
      if (page.length < PAGE) return;
      after = page.at(-1)?.[0] ?? after;
    }
  }

  async #readStale(index: BearerIndex): Promise<void> {
    const { database, compiled, synchronize } = this.#tools;
    const names = [...this.#stale];
    this.#stale = new Set();
    try {
      for (let from = 0; from < names.length; from += PAGE) {
        const some = names.slice(from, from + PAGE);
        const [resources, roles] = [some.filter(isNoRole), some.filter(isRoleArn)];
        const found = resources.length === 0 ? [] : await arnsAmong(database, RESOURCES, resources, WITH_POLICY);
        const trust = roles.length === 0 ? [] : await trustAmong(database, compiled, roles);
        for (const name of some) index.remove(name);
        this.#addRoles(index, trust);
        await this.#add(index, found);
      }
      await synchronize();
    } catch (error) {
      for (const name of names) this.#stale.add(name);
      throw error;
    }
  }

  async #add(index: BearerIndex, arns: readonly string[]): Promise<void> {
    const { gather, catalog } = this.#tools;
    if (arns.length === 0) return;
    const resources = arns.map((arn) => ({ arn, accountId: null }));
    const gathered = await gather({ principals: [], roles: [], resources, forSearch: true });
    if (this.#index !== index) return;
    for (const arn of arns) {
      const around = catalog.policyHolders(arn).filter((holder) => holder !== arn);
      index.put(arn, gathered.resource(arn, null).value, false, around);
    }
    this.#weighIndex(index);
  }

  #addRoles(index: BearerIndex, roles: readonly RoleTrust[]): void {
    if (this.#index !== index) return;
    for (const [arn, names] of roles) index.putRole(arn, names);
    this.#weighIndex(index);
  }

  #weighIndex(index: BearerIndex): void {
    const { catalog, budget } = this.#tools;
    this.#weigh(index.weight);
    if (index.weight <= budget.room * SHARE) return;
    this.#forget();
    this.#catalog = catalog.now;
    this.#isTooLarge = true;
  }
}

const RESOURCES = '"Resource"';

/** Roles are read as roles. */
function isNoRole(arn: string): boolean {
  return !isRoleArn(arn);
}
