import type { Touched } from './apply/revision.ts';
import type { Revision } from './directory.ts';
import type { Store } from './store.ts';
import { type ChangeLog, changeLog } from './stores/change-log.ts';

/** Told when the directory, as this process sees it, is at a later revision, with what was touched; null: too much to list. */
export type AdvanceListener = (touched: readonly Touched[] | null) => void;

/** Those who wait for changes. */
export class Advances {
  readonly #listeners = new Set<AdvanceListener>();

  add(listener: AdvanceListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Those who come while others are told were there too late: they begin with what is known by then. */
  tell(touched: readonly Touched[] | null): void {
    for (const listener of Array.from(this.#listeners)) if (this.#listeners.has(listener)) listener(touched);
  }
}

/** The revisions of the directory: which one this process has reached, and what each has touched. */
export interface DirectoryHistory {
  /** What this process knows without asking anybody. */
  readonly known: Revision;
  /**
   * Nothing that is answered from now on is older than `atLeast`: a promise where that has to be waited for. Throws CONFLICT if it
   * is from before a restore of the directory, and RevisionNotReached when it was not reached in time. `field`: the argument that
   * gives it; left out: `atLeast`.
   */
  reach(atLeast: Revision, field?: string): Promise<void> | undefined;
  /** The revision that is current now, or later; whatever questions may be answered on. */
  current(): Promise<Revision>;
  /** What a change is decided on from now on is no older than this call. It reads where a question would not have. */
  beforeChange(): Promise<void>;
  /** Tells of each later revision that this process learns of, within the turn in which it does, until what is returned is called. */
  onAdvance(listener: AdvanceListener): () => void;
  /** What changed, in order. */
  readonly changes: ChangeLog;
}

export function directoryHistory(store: Store, advances: Advances): DirectoryHistory {
  return {
    get known() {
      return store.memory.revision;
    },
    reach: (atLeast, field) => store.reach(atLeast, field),
    current: async () => {
      await store.synchronize();
      return store.memory.revision;
    },
    beforeChange: () => store.beforeChange(),
    onAdvance: (listener) => advances.add(listener),
    changes: changeLog(store.database),
  };
}
