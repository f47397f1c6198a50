import type { Touched } from '../../directory/apply/revision.ts';
import type { DirectoryHistory } from '../../directory/history.ts';
import { PULSE } from './live.ts';

/** More is not listed. */
const MOST = 5_000;

/** What changes have touched since somebody last looked. */
export class Pending {
  readonly #history: DirectoryHistory;
  readonly #signal: AbortSignal;
  readonly #end: () => void;
  #touched: Touched[] | null = [];
  #wake: (() => void) | null = null;

  constructor(history: DirectoryHistory, signal: AbortSignal) {
    this.#history = history;
    this.#signal = signal;
    this.#end = history.onAdvance((touched) => this.#note(touched));
  }

  /** Null: too much to list. */
  take(): readonly Touched[] | null {
    const touched = this.#touched;
    this.#touched = [];
    return touched;
  }

  /** Resolves when something was touched, when it is time to look, or when the subscription ends. */
  async next(): Promise<void> {
    if (this.#hasMore || this.#signal.aborted) return;
    await this.#woken();
    // A notification can be lost: what it would have told is read here.
    if (!this.#hasMore && !this.#signal.aborted) await this.#history.current().catch(() => undefined);
  }

  close(): void {
    this.#end();
  }

  get #hasMore(): boolean {
    return this.#touched === null || this.#touched.length > 0;
  }

  #woken(): Promise<void> {
    const signal = this.#signal;
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(wake, PULSE);
      signal.addEventListener('abort', wake);
      this.#wake = wake;
    });
  }

  #note(touched: readonly Touched[] | null): void {
    if (touched === null || this.#touched === null || this.#touched.length + touched.length > MOST)
      this.#touched = null;
    else this.#touched.push(...touched);
    this.#wake?.();
  }
}
