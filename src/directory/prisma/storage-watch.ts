import { StoreUnavailable } from '../store-unavailable.ts';
import { directoryError } from './unavailable.ts';

/** For how long damage that was met is told, if it is not met again. Milliseconds. */
const REMEMBERED = 60_000;

/** Learns that the database is lost (false), and that it answers again (true). */
export type AvailabilityListener = (isThere: boolean) => void;

/**
 * Remembers what has failed in the storage of a database, which a statement that needs no file does not show, and whether the
 * database is there at all.
 */
export class StorageWatch {
  #last: { readonly error: StoreUnavailable; readonly at: number } | null = null;
  #isThere = true;
  readonly #onAvailability: AvailabilityListener;

  constructor(onAvailability: AvailabilityListener = () => undefined) {
    this.#onAvailability = onAvailability;
  }

  /** To be called after what the database has answered. */
  answered(): void {
    this.#setThere(true);
  }

  #setThere(isThere: boolean): void {
    if (isThere === this.#isThere) return;
    this.#isThere = isThere;
    this.#onAvailability(isThere);
  }

  /** `error` as callers get it. */
  seen(error: unknown): unknown {
    const told = directoryError(error);
    if (told instanceof StoreUnavailable && told.code !== 'DIRECTORY_UNAVAILABLE') {
      this.#last = { error: told, at: Date.now() };
    } else if (told instanceof StoreUnavailable) this.#setThere(false);
    return told;
  }

  /**
   * Throws what has failed, if it still does. `write`: writes a little; a database that has run out of space is tried
   * with it.
   */
  async check(write: () => Promise<void>): Promise<void> {
    if (this.#last === null) return;
    const { error, at } = this.#last;
    if (error.code === 'DIRECTORY_FULL') await write();
    else if (Date.now() - at < REMEMBERED) throw error;
    this.#last = null;
  }
}

/** What is written to see whether anything can be. */
export const PROBE = 'UPDATE "DirectoryState" SET revision = revision WHERE id = 1';
