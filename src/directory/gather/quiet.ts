import { setImmediate, setTimeout } from 'node:timers/promises';

/** How long work in the background waits for questions at most, before each of its pieces. Milliseconds. */
const LONGEST = 50;

/** How often it looks whether they are answered. */
const EACH = 2;

/** Knows whether something is read for somebody, so that work in the background can let it go first. */
export class Quiet {
  #reading = 0;

  /** Counts until `work` has ended. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#reading += 1;
    try {
      return await work();
    } finally {
      this.#reading -= 1;
    }
  }

  /** Resolves after others had their turn, when nothing is read for anybody: at the latest when that has lasted long. */
  async turn(): Promise<void> {
    await setImmediate();
    const until = performance.now() + LONGEST;
    while (this.#reading > 0 && performance.now() < until) await setTimeout(EACH);
  }
}
