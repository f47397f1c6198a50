import type { Touched } from '../apply/touched.ts';
import type { LoadMemory } from '../gather/load.ts';
import { dependency, type Entry, type Memory } from '../gather/memory.ts';

/**
 * Memory of a state that is never stored: one revision with some changes. What the changes do not invalidate is looked up in the
 * shared memory, as after any change; what they do is kept here alone, and nothing of it reaches the shared memory.
 */
export class OverlayMemory implements LoadMemory {
  readonly revision: bigint;
  readonly #shared: Pick<Memory, 'revision' | 'get'>;
  readonly #invalid: ReadonlySet<string>;
  readonly #own = new Map<string, Entry>();

  constructor(shared: Pick<Memory, 'revision' | 'get'>, revision: bigint, touched: readonly Touched[]) {
    this.#shared = shared;
    this.revision = revision;
    this.#invalid = new Set(touched.map(({ entity, entityId }) => dependency(entity, entityId)));
  }

  get(key: string): Entry | undefined {
    const own = this.#own.get(key);
    if (own !== undefined) return own;
    // INVARIANT of the shared memory: its entries are true of its revision, which may be a later one by now.
    if (this.#shared.revision !== this.revision) return undefined;
    const shared = this.#shared.get(key, true);
    if (shared === undefined || shared.dependencies.some((name) => this.#invalid.has(name))) return undefined;
    return shared;
  }

  put(key: string, entry: Entry): void {
    this.#own.set(key, entry);
  }

  /** It stays where it is: whoever reads sees to it that what was read is of the same revision. */
  advance(): void {}

  /** As `advance`: its services do not change. */
  forget(): void {}
}
