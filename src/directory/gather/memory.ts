import type { Touched } from '../apply/revision.ts';
import type { MemoryState } from '../directory-state.ts';
import { Many } from './many.ts';
import { GATHERED, type MemoryBudget } from './memory-budget.ts';

/** A value computed from the directory, with what it was computed from. */
export interface Entry<T = unknown> {
  readonly value: T;
  /** `Entity name` of everything whose change invalidates it. */
  readonly dependencies: readonly string[];
  /** Measured for its kind. */
  readonly bytes: number;
  /** Some change that nothing names makes it wrong: it is not kept. */
  readonly passing?: true;
}

export function dependency(entity: string, name: string): string {
  return `${entity} ${name}`;
}

/** Bytes of an entry's key and place, and of each of its dependencies. */
const PLACE_BYTES = 300;
const DEPENDENCY_BYTES = 100;
/** Part of the room that is left to what searches have read, whatever decisions use. */
const SEARCHED = 1 / 16;

/**
 * Most entries that are dropped one by one for one change, which others wait for: an account with more is most of what is known, and
 * all of it is forgotten, which takes no time.
 */
const MOST_DROPPED = 16_384;

/** An entry in its place. */
interface Kept {
  readonly key: string;
  readonly entry: Entry;
  readonly weight: number;
  /** Whether it was used since the hand went over it. */
  used: boolean;
  /** Read by a search alone. */
  searched: boolean;
}

/**
 * What is known of one revision of the directory. What has not been used for the longest time goes first (a clock: its hand
 * spares what was used since it last came by). What only searches have read has a small place of its own, so that going
 * through the whole directory drops nothing that decisions use. INVARIANT: every entry is true of `revision`.
 */
export class Memory {
  readonly #budget: MemoryBudget;
  readonly #onAdvance: (touched: readonly Touched[] | null) => void;
  #revision: bigint;
  readonly #decided = new Map<string, Kept>();
  readonly #searched = new Map<string, Kept>();
  #weightDecided = 0;
  #weightSearched = 0;
  #hand: MapIterator<Kept> | null = null;
  #oldestSearched: MapIterator<Kept> | null = null;
  /** By dependency, what depends on it: mostly one entry. */
  readonly #dependents = new Map<string, Kept | Many<Kept>>();
  #hits = 0;
  #misses = 0;

  /** `onAdvance`: called in the same turn in which something of the memory is forgotten, with what was touched. */
  constructor(
    revision: bigint,
    budget: MemoryBudget,
    onAdvance: (touched: readonly Touched[] | null) => void = () => undefined,
  ) {
    this.#revision = revision;
    this.#budget = budget;
    this.#onAdvance = onAdvance;
  }

  get revision(): bigint {
    return this.#revision;
  }

  get state(): MemoryState {
    return { kept: this.#budget.weight, room: this.#budget.room, hits: this.#hits, misses: this.#misses };
  }

  /** `forSearch`: looking at it is no sign that it will be used again. */
  get(key: string, forSearch = false): Entry | undefined {
    const decided = this.#decided.get(key);
    if (decided !== undefined) {
      this.#hits += 1;
      if (!forSearch) decided.used = true;
      return decided.entry;
    }
    const searched = this.#searched.get(key);
    if (searched === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    if (!forSearch) this.#promote(searched);
    return searched.entry;
  }

  /** Call it only with entries that are true of `revision`. */
  put(key: string, entry: Entry, forSearch = false): void {
    const before = this.#decided.get(key) ?? this.#searched.get(key);
    if (before !== undefined) this.#drop(before);
    const weight = PLACE_BYTES + DEPENDENCY_BYTES * entry.dependencies.length + entry.bytes;
    const searched = forSearch && before?.searched !== false;
    const kept: Kept = { key, entry, weight, used: false, searched };
    for (const each of entry.dependencies) this.#depend(each, kept);
    this.#place(kept);
    this.#shrink();
  }

  /** Moves to a later revision: drops what `touched` invalidates, or everything if it is null. An earlier revision changes nothing. */
  advance(revision: bigint, touched: readonly Touched[] | null): void {
    if (revision <= this.#revision) return;
    this.#revision = revision;
    this.forget(touched);
  }

  /** Drops what `touched` invalidates, or everything if it is null, at the revision that it has. */
  forget(touched: readonly Touched[] | null): void {
    this.#onAdvance(touched);
    if (touched === null) {
      this.#forgetAll();
      return;
    }
    for (const { entity, entityId } of touched) {
      const dependents = this.#dependents.get(dependency(entity, entityId));
      if (dependents === undefined) continue;
      if (!(dependents instanceof Many)) this.#drop(dependents);
      else if (dependents.size > MOST_DROPPED) this.#forgetAll();
      else for (const kept of Array.from(dependents)) this.#drop(kept);
    }
  }

  #forgetAll(): void {
    this.#budget.add(-this.#weightDecided - this.#weightSearched);
    this.#weightDecided = 0;
    this.#weightSearched = 0;
    this.#decided.clear();
    this.#searched.clear();
    this.#dependents.clear();
  }

  #place(kept: Kept): void {
    if (kept.searched) {
      this.#searched.set(kept.key, kept);
      this.#weightSearched += kept.weight;
    } else {
      this.#decided.set(kept.key, kept);
      this.#weightDecided += kept.weight;
    }
    this.#budget.add(kept.weight);
  }

  #unplace(kept: Kept): void {
    if (kept.searched) {
      this.#searched.delete(kept.key);
      this.#weightSearched -= kept.weight;
    } else {
      this.#decided.delete(kept.key);
      this.#weightDecided -= kept.weight;
    }
    this.#budget.add(-kept.weight);
  }

  #promote(kept: Kept): void {
    this.#unplace(kept);
    kept.searched = false;
    this.#place(kept);
    this.#shrink();
  }

  #drop(kept: Kept): void {
    this.#unplace(kept);
    for (const each of kept.entry.dependencies) {
      const dependents = this.#dependents.get(each);
      if (dependents === kept) this.#dependents.delete(each);
      else if (dependents instanceof Many) {
        dependents.delete(kept);
        if (dependents.size === 0) this.#dependents.delete(each);
      }
    }
  }

  #depend(name: string, kept: Kept): void {
    const dependents = this.#dependents.get(name);
    if (dependents === undefined) this.#dependents.set(name, kept);
    else if (dependents instanceof Many) dependents.add(kept);
    else if (dependents !== kept) this.#dependents.set(name, new Many([dependents, kept]));
  }

  #shrink(): void {
    const { room, left, weight } = this.#budget;
    // What else is kept of the directory has bounds of its own, and leaves this a part of the room.
    const others = weight - this.#weightDecided - this.#weightSearched;
    const own = Math.max(room - others, left * GATHERED);
    while (this.#weightDecided > own * (1 - SEARCHED)) this.#turn();
    while (this.#weightSearched > 0 && this.#weightDecided + this.#weightSearched > own) this.#dropOldestSearched();
  }

  /** Goes on by one entry, and drops it unless it was used. */
  #turn(): void {
    this.#hand ??= this.#decided.values();
    const { value: kept, done } = this.#hand.next();
    if (done === true) this.#hand = null;
    else if (kept.used) kept.used = false;
    else this.#drop(kept);
  }

  #dropOldestSearched(): void {
    this.#oldestSearched ??= this.#searched.values();
    const { value: kept, done } = this.#oldestSearched.next();
    if (done === true) this.#oldestSearched = null;
    else this.#drop(kept);
  }
}
