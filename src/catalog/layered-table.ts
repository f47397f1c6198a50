import type { CatalogAction, CatalogService, ConditionKey } from './catalog-service.ts';

/** The services of a catalogue, found by name. */
export interface Services {
  /** The day of AWS's data. */
  readonly version: string;
  /** Prefixes, sorted. */
  readonly keys: readonly string[];
  readonly globalConditionKeys: readonly ConditionKey[];
  /** Without regard to case, as `action`. Null: there is none. */
  service(name: string): CatalogService | null;
  action(name: string): CatalogAction | null;
}

/** AWS's services with others beside them. Where both have a prefix, the other service counts whole, and AWS's not at all. */
export class LayeredTable implements Services {
  readonly version: string;
  readonly keys: readonly string[];
  readonly globalConditionKeys: readonly ConditionKey[];
  readonly #below: Services;
  readonly #own: ReadonlyMap<string, CatalogService>;
  readonly #actions = new Map<string, CatalogAction>();

  constructor(below: Services, own: ReadonlyMap<string, CatalogService>) {
    this.version = below.version;
    this.globalConditionKeys = below.globalConditionKeys;
    this.#below = below;
    this.#own = own;
    this.keys = [...new Set([...below.keys, ...own.keys()])].sort();
    for (const { actions } of own.values()) {
      for (const action of actions) {
        this.#actions.set(action.name, action);
        this.#actions.set(action.name.toLowerCase(), action);
      }
    }
  }

  service(name: string): CatalogService | null {
    return this.#own.get(name.toLowerCase()) ?? this.#below.service(name);
  }

  action(name: string): CatalogAction | null {
    const own = this.#actions.get(name) ?? this.#actions.get(name.toLowerCase());
    if (own !== undefined) return own;
    // INVARIANT: prefixes are in lower case.
    return this.#own.has(name.slice(0, Math.max(0, name.indexOf(':'))).toLowerCase()) ? null : this.#below.action(name);
  }
}
