import { StoreUnavailable } from '../store-unavailable.ts';
import { directoryError } from './unavailable.ts';

/** For how long damage that was met is told, if it is not met again. Milliseconds. */
const REMEMBERED = 60_000;

/** Remembers what has failed in the storage of a database, which a statement that needs no file does not show. */
export class StorageWatch {
  #last: { readonly error: StoreUnavailable; readonly at: number } | null = null;

  /** `error` as callers get it. */
  seen(error: unknown): unknown {
    const told = directoryError(error);
    if (told instanceof StoreUnavailable && told.code !== 'DIRECTORY_UNAVAILABLE') {
      this.#last = { error: told, at: Date.now() };
    }
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
