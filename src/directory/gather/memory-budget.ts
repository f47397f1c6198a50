import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

/** Bytes of everything together that is kept of the directory, if nothing else is set. */
export const DEFAULT_MEMORY = 512_000_000;
/** With less, nothing stays long enough to be of use. */
export const LEAST_MEMORY = 16_000_000;

/**
 * Of the limit, the part that kept things may take. The rest is what V8 needs beside them: garbage that is not collected yet,
 * and pages that are not full.
 */
const KEPT = 0.6;

/**
 * What is held whole, or not at all, as parts of the room; and what is made again when it is needed, as parts of what the former
 * leaves. INVARIANT: the former are less than the room together. What was gathered for decisions takes all that is left then.
 */
export const SHARES = {
  held: { resources: 7 / 20, principals: 2 / 5, bearers: 1 / 10 },
  madeAgain: { compiled: 1 / 5, resources: 1 / 20 },
} as const;

const sumOf = (shares: Readonly<Record<string, number>>): number =>
  Object.values(shares).reduce((sum, share) => sum + share, 0);

/** Of what is left, the part that gathered things have in any case. */
export const GATHERED = 1 - sumOf(SHARES.madeAgain);
const LEAST_LEFT = 1 - sumOf(SHARES.held);

/** A share of the kept things below which their cost says nothing: the process's own growth is as large. */
const SIGNIFICANT = 0.1;

/** Told the bytes that are in use whenever the heap has just been collected whole. */
export type WatchHeap = (told: (used: number) => void) => () => void;

/**
 * One bound for everything that is kept of the directory. Caches weigh what they keep in bytes that were measured once for
 * each kind (`npm run bench -- memory`). What grows later, such as the plans of a principal that is asked about, is measured
 * as the process runs: by how much the heap outgrows the weights, all of them count for more.
 */
export class MemoryBudget {
  readonly #limit: number;
  readonly #unwatch: () => void;
  #weight = 0;
  #held = 0;
  #factor = 1;
  /** What the process uses without the kept things. */
  #base = Number.POSITIVE_INFINITY;

  constructor(limit: number = DEFAULT_MEMORY, watch: WatchHeap = watchHeap) {
    this.#limit = limit * KEPT;
    this.#unwatch = watch((used) => this.#measured(used));
  }

  /** Most weight of everything together, as it is measured now. */
  get room(): number {
    return this.#limit / this.#factor;
  }

  /** The room that is left by what is held whole. */
  get left(): number {
    const { room } = this;
    // With a smaller room than before, more may be held than fits.
    return Math.max(room - this.#held, room * LEAST_LEFT);
  }

  /** Weight of everything together. */
  get weight(): number {
    return this.#weight;
  }

  /** Something of this weight is kept from now on; negative: no more. */
  add(weight: number): void {
    this.#weight += weight;
  }

  /** The same for what is held whole. */
  addHeld(weight: number): void {
    this.#held += weight;
    this.add(weight);
  }

  close(): void {
    this.#unwatch();
  }

  #measured(used: number): void {
    this.#base = Math.min(this.#base, used - this.#weight);
    if (this.#weight < this.#limit * SIGNIFICANT) return;
    const factor = Math.max(1, (used - this.#base) / this.#weight);
    // One measurement may hold what a large request has under way: half of the way.
    this.#factor = (this.#factor + factor) / 2;
  }
}

/**
 * By how much the heap may grow before V8 collects it again. Left to itself V8 lets it grow up to fourfold while much is read, so
 * that garbage takes more than everything that is kept.
 */
const GROWING_PERCENT = 50;

/** For the whole process: call it once, before anything is read. */
export function growHeapSlowly(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}

/** The heap is measured after each collection of all of it: before, nobody knows how much is garbage. */
function watchHeap(told: (used: number) => void): () => void {
  const observer = new PerformanceObserver((list) => {
    // as: what Node adds to entries of this type
    const isMajor = list
      .getEntries()
      .some((entry) => (entry as { detail?: { kind?: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR);
    if (isMajor) told(process.memoryUsage().heapUsed);
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}
