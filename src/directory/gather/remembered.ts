import type { Catalog } from '../../catalog/catalog.ts';
import type { Gathered, KnownResource, Remembered, Revision, Watch } from '../directory.ts';
import { NOT_IN_MEMORY } from '../not-in-memory.ts';
import type { BuiltFederated } from './build-federated.ts';
import type { BuiltSessions } from './build-principals.ts';
import { LookUps } from './look-ups.ts';
import { dependency, type Entry, type Memory } from './memory.ts';
import type { StoredResources, Surroundings } from './stored-resources.ts';

/** What was found, by key, all of one revision. */
export class Findings extends LookUps {
  readonly revision: Revision;
  readonly catalog: Catalog;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(revision: Revision, catalog: Catalog, entries: ReadonlyMap<string, Entry>, now: number | null) {
    super(now);
    this.catalog = catalog;
    this.revision = revision;
    this.#entries = entries;
  }

  watch(): Watch {
    const names = new Set<string>();
    let anyRole = false;
    for (const { dependencies, passing } of this.#entries.values()) {
      for (const name of dependencies) names.add(name);
      // A role that is made can make it wrong, whose ARN is not known.
      if (passing === true) anyRole = true;
    }
    return (touched) =>
      touched.some(({ entity, entityId }) => (anyRole && entity === 'Role') || names.has(dependency(entity, entityId)));
  }

  /** Undefined: it was not asked for. */
  find(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  protected override entry(key: string): unknown {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new Error(`\`${key}\` was not part of the gather request`);
    return entry.value;
  }
}

/** Memory itself, as of the revision that it has now. Where something is missing, it looks in what was loaded for the request. */
export class LiveMemory extends LookUps implements Remembered {
  readonly revision: Revision;
  readonly catalog: Catalog;
  readonly #memory: Pick<Memory, 'revision' | 'get'>;
  readonly #resources: StoredResources;
  readonly #around: Surroundings;
  readonly #loaded: Findings | null;

  constructor(
    memory: Pick<Memory, 'revision' | 'get'>,
    resources: StoredResources,
    around: Surroundings,
    now: number,
    loaded: Gathered | null,
  ) {
    super(now);
    this.revision = memory.revision;
    this.#memory = memory;
    this.#resources = resources;
    this.#around = around;
    this.catalog = around.catalog.now;
    // What was loaded of another state says nothing about this one.
    this.#loaded = loaded instanceof Findings && loaded.revision === memory.revision ? loaded : null;
  }

  get isCurrent(): boolean {
    return this.#memory.revision === this.revision;
  }

  /** Whether nothing has changed since it was made, for questions of the same instant. */
  isStill(now: number): boolean {
    return this.now === now && this.isCurrent && this.catalog === this.#around.catalog.now;
  }

  atHand(arn: string, accountId: string | null): KnownResource | undefined {
    return this.#resources.made(arn, accountId);
  }

  override resource(arn: string, accountId: string | null): KnownResource {
    const made =
      this.#resources.made(arn, accountId) ??
      this.#resources.make({ kind: 'resource', arn, accountId }, this.revision, this.#around)?.value;
    return made ?? super.resource(arn, accountId);
  }

  protected override entry(key: string): unknown {
    const known = this.#memory.get(key);
    if (known !== undefined && isUsable(key, known, this.now)) return known.value;
    const loaded = this.#loaded?.find(key);
    if (loaded === undefined) throw NOT_IN_MEMORY;
    return loaded.value;
  }
}

const OF_SESSIONS = /^(?:sessions|federated) /;

/** Sessions that expired before they were read are not in the list, so it cannot answer about an earlier instant. */
export function isUsable(key: string, entry: Entry, now: number | null): boolean {
  if (now === null || !OF_SESSIONS.test(key)) return true;
  return (entry.value as BuiltSessions | BuiltFederated).readAt <= now; // as: what `build` keeps under such a key
}
