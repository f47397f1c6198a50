import type { LiveCatalog } from '../../catalog/live-catalog.ts';
import { inTurn } from '../apply/batches.ts';
import type { Touched } from '../apply/touched.ts';
import { BearerIndex } from '../bearers/bearer-index.ts';
import type { PolicyBearers } from '../bearers/policy-bearers.ts';
import type {
  AccountOrganization,
  AskedDirectory,
  DirectorySize,
  Gathered,
  GatherRequest,
  Remembered,
  Revision,
} from '../directory.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import { type Loaded, load } from '../gather/load.ts';
import { dependency, type Entry, type Memory } from '../gather/memory.ts';
import { MemoryBudget } from '../gather/memory-budget.ts';
import { Findings, isUsable, LiveMemory } from '../gather/remembered.ts';
import { StoredResources, type Surroundings } from '../gather/stored-resources.ts';
import { collectWanted, isRoleArn, type Wanted } from '../gather/wanted.ts';
import type { ArnPage } from '../prisma/arn-page.ts';
import type { Sql } from '../prisma/database.ts';
import { OverlayBearers } from './overlay-bearers.ts';
import { OverlayMemory } from './overlay-memory.ts';
import { StateHasMoved } from './preview.ts';

/** Resources are read one by one. It is never told to read them all, and stays empty. */
const NONE_HELD = new StoredResources(new MemoryBudget(0, () => () => undefined));

/** The names of what is there after the changes, of what they touch. */
export interface TouchedNames {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly resources: readonly string[];
  /** Those of `resources` that have a policy, or grants. */
  readonly bearers: readonly string[];
}

/** What the directory after some changes is made from. */
export interface ChangedParts {
  readonly shared: AskedDirectory;
  readonly memory: Pick<Memory, 'revision' | 'get'>;
  readonly compiled: CompiledPolicies;
  readonly catalog: LiveCatalog;
  readonly revision: Revision;
  readonly touched: readonly Touched[];
  /** What is there after the changes. */
  readonly names: TouchedNames;
  /** Reads the state that the changes make, and undoes them. */
  readonly replay: <T>(read: (sql: Sql) => Promise<T>) => Promise<T>;
}

/**
 * The directory as it would be after some changes, which are made again in a transaction, and undone, whenever something is read that
 * they touch. Everything else comes from the shared directory; nothing goes there.
 */
export class ChangedDirectory implements AskedDirectory {
  readonly #parts: ChangedParts;
  readonly #memory: OverlayMemory;
  readonly #invalid: ReadonlySet<string>;
  readonly #around: Surroundings;
  #bearers: Promise<OverlayBearers> | null = null;

  constructor(parts: ChangedParts) {
    this.#parts = parts;
    const { memory, revision, touched, catalog, compiled } = parts;
    this.#memory = new OverlayMemory(memory, revision, touched);
    this.#invalid = new Set(touched.map(({ entity, entityId }) => dependency(entity, entityId)));
    this.#around = { catalog, compiled, account: () => undefined };
  }

  get size(): DirectorySize {
    return this.#parts.shared.size;
  }

  async revision(): Promise<Revision> {
    this.#check(await this.#parts.shared.revision());
    return this.#parts.revision;
  }

  remember(now: number, _since: Revision | null, loaded: Gathered | null): Remembered | null {
    return new LiveMemory(this.#memory, NONE_HELD, this.#around, now, loaded);
  }

  async gather(request: GatherRequest): Promise<Gathered> {
    const { revision } = this.#parts;
    const now = request.now ?? null;
    const entries = new Map<string, Entry>();
    let missing = this.#missing(collectWanted(request), now, entries, (key) => this.#memory.get(key));
    if (missing.size > 0) {
      // What does not depend on the changes is the same without them.
      const shared = await this.#parts.shared.gather({ ...request, forSearch: true });
      this.#check(shared.revision);
      missing = this.#missing(missing, now, entries, (key) => this.#unchanged(shared, key));
    }
    if (missing.size > 0) {
      for (const [key, entry] of (await this.#load([...missing.values()], now)).entries) entries.set(key, entry);
    }
    return new Findings(revision, this.#around.catalog.now, entries, now);
  }

  /** Reads what is wanted from the state that the changes make. */
  async #load(wanted: readonly Wanted[], now: number | null): Promise<Loaded> {
    const { catalog, compiled } = this.#around;
    const tools = { catalog, compiled, memory: this.#memory, resources: NONE_HELD };
    const read = await this.#parts.replay((sql) => load(sql, wanted, now ?? Date.now(), tools));
    const loaded = 'finish' in read ? await read.finish() : read;
    this.#check(loaded.revision);
    await inTurn(loaded.entries, ([key, entry]) => {
      if (entry.passing !== true) this.#memory.put(key, entry);
    });
    return loaded;
  }

  /** What of `wanted` `find` does not know; what it does is added to `entries`. */
  #missing(
    wanted: ReadonlyMap<string, Wanted>,
    now: number | null,
    entries: Map<string, Entry>,
    find: (key: string) => Entry | undefined,
  ): ReadonlyMap<string, Wanted> {
    const missing = new Map<string, Wanted>();
    for (const [key, one] of wanted) {
      const entry = find(key);
      if (entry !== undefined && isUsable(key, entry, now)) entries.set(key, entry);
      else missing.set(key, one);
    }
    return missing;
  }

  #unchanged(gathered: Gathered, key: string): Entry | undefined {
    const entry = gathered instanceof Findings ? gathered.find(key) : undefined;
    // What passes depends on roles that no name says.
    if (entry === undefined || entry.passing === true) return undefined;
    return entry.dependencies.some((name) => this.#invalid.has(name)) ? undefined : entry;
  }

  #check(revision: Revision): void {
    if (revision !== this.#parts.revision) throw new StateHasMoved();
  }

  async organizationOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountOrganization>> {
    const gathered = await this.gather({ principals: [], roles: [], resources: [], accounts: accountIds });
    return new Map(
      accountIds.flatMap((id) => {
        const organization = gathered.organization(id);
        return organization === null ? [] : [[id, organization] as const];
      }),
    );
  }

  /** There is no index of what is never stored. */
  async principals(): Promise<null> {
    return null;
  }

  async bearers(): Promise<PolicyBearers | null> {
    const known = await this.#parts.shared.bearers();
    if (known === null) return null;
    this.#check(known.revision);
    this.#bearers ??= this.#readBearers();
    const bearers = await this.#bearers;
    this.#check(known.revision);
    return bearers.over(known);
  }

  async #readBearers(): Promise<OverlayBearers> {
    const { names, revision, touched } = this.#parts;
    const arns = [...names.bearers, ...names.roles];
    const resources = arns.map((arn) => ({ arn, accountId: null }));
    const gathered = await this.gather({ principals: [], roles: [], resources });
    const index = new BearerIndex();
    for (const arn of arns) {
      const around = this.#around.catalog.policyHolders(arn).filter((holder) => holder !== arn);
      index.put(arn, gathered.resource(arn, null).value, isRoleArn(arn), around);
    }
    const all = touched.flatMap(({ entity, entityId }) => (AS_BEARERS.has(entity) ? [entityId] : []));
    return new OverlayBearers(revision, new Set(all), index);
  }

  userArns(page: ArnPage): Promise<readonly string[]> {
    return this.#page('userArns', page, 'User', this.#parts.names.users);
  }

  roleArns(page: ArnPage): Promise<readonly string[]> {
    return this.#page('roleArns', page, 'Role', this.#parts.names.roles);
  }

  resourceArns(page: ArnPage): Promise<readonly string[]> {
    return this.#page('resourceArns', page, 'Resource', this.#parts.names.resources);
  }

  resourceArnsWithPolicy(page: ArnPage): Promise<readonly string[]> {
    return this.#page('resourceArnsWithPolicy', page, 'Resource', this.#parts.names.bearers);
  }

  /** A page of the shared directory, without what the changes delete, and with what they make. */
  async #page(
    list: 'userArns' | 'roleArns' | 'resourceArns' | 'resourceArnsWithPolicy',
    page: ArnPage,
    entity: string,
    there: readonly string[],
  ): Promise<readonly string[]> {
    const touched = new Set(this.#parts.touched.flatMap((one) => (one.entity === entity ? [one.entityId] : [])));
    // What is left out of a page must not make it look like the last one.
    const limit = page.limit + touched.size;
    const shared = await this.#parts.shared[list]({ ...page, limit });
    const last = shared.length < limit ? null : (shared.at(-1) ?? null);
    const { after = '', accountId } = page;
    const made = there.filter(
      (arn) =>
        arn > after &&
        (last === null || arn <= last) &&
        (accountId === undefined || arn.split(':', 5)[4] === accountId),
    );
    return [...shared.filter((arn) => !touched.has(arn)), ...made].sort().slice(0, page.limit);
  }
}

const AS_BEARERS: ReadonlySet<string> = new Set(['Resource', 'Role']);
