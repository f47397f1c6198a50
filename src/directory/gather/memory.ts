import type { Touched } from '../apply/revision.ts';

/** A value computed from the directory, with what it was computed from. */
export interface Entry<T = unknown> {
  readonly value: T;
  /** `Entity name` of everything whose change invalidates it. */
  readonly dependencies: readonly string[];
  /** An estimate. */
  readonly bytes: number;
  /** Some change that nothing names makes it wrong: it is not kept. */
  readonly passing?: true;
}

export function dependency(entity: string, name: string): string {
  return `${entity} ${name}`;
}

export interface MemoryLimits {
  readonly entries: number;
  readonly bytes: number;
}

const LIMITS: MemoryLimits = { entries: 200_000, bytes: 256_000_000 };

/**
 * What is known of one revision of the directory. It is bounded, in two generations: a used entry moves to the young one,
 * and when that reaches half of the limit the old one is dropped. INVARIANT: every entry is true of `revision`.
 */
export class Memory {
  readonly #limits: MemoryLimits;
  readonly #onAdvance: (touched: readonly Touched[] | null) => void;
  #revision: bigint;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #bytes = 0;
  /** Dependency -> keys of entries, some of which may be gone. */
  #dependents = new Map<string, Set<string>>();

  /** `onAdvance`: called in the same turn in which the memory moves to a later revision, with what was touched. */
  constructor(
    revision: bigint,
    limits: MemoryLimits = LIMITS,
    onAdvance: (touched: readonly Touched[] | null) => void = () => undefined,
  ) {
    this.#revision = revision;
    this.#limits = limits;
    this.#onAdvance = onAdvance;
  }

  get revision(): bigint {
    return this.#revision;
  }

  get(key: string): Entry | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) {
      this.#old.delete(key);
      this.#keep(key, old);
    }
    return old;
  }

  /** Call it only with entries that are true of `revision`. */
  put(key: string, entry: Entry): void {
    for (const each of entry.dependencies) {
      const dependents = this.#dependents.get(each);
      if (dependents === undefined) this.#dependents.set(each, new Set([key]));
      else dependents.add(key);
    }
    this.#keep(key, entry);
  }

  /** Moves to a later revision: drops what `touched` invalidates, or everything if it is null. An earlier revision changes nothing. */
  advance(revision: bigint, touched: readonly Touched[] | null): void {
    if (revision <= this.#revision) return;
    this.#revision = revision;
    this.#onAdvance(touched);
    if (touched === null) {
      this.#young.clear();
      this.#old.clear();
      this.#dependents.clear();
      this.#bytes = 0;
      return;
    }
    for (const { entity, entityId } of touched) {
      const name = dependency(entity, entityId);
      for (const key of this.#dependents.get(name) ?? []) {
        this.#bytes -= this.#young.get(key)?.bytes ?? 0;
        this.#young.delete(key);
        this.#old.delete(key);
      }
      this.#dependents.delete(name);
    }
  }

  #keep(key: string, entry: Entry): void {
    this.#bytes += entry.bytes - (this.#young.get(key)?.bytes ?? 0);
    this.#young.set(key, entry);
    if (this.#young.size > this.#limits.entries / 2 || this.#bytes > this.#limits.bytes / 2) this.#age();
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#bytes = 0;
    this.#dependents = new Map();
    for (const [key, { dependencies }] of this.#old) {
      for (const each of dependencies) {
        const dependents = this.#dependents.get(each);
        if (dependents === undefined) this.#dependents.set(each, new Set([key]));
        else dependents.add(key);
      }
    }
  }
}
