import { setImmediate, setTimeout } from 'node:timers/promises';

/** How long work in the background waits for questions at most, before each of its pieces. Milliseconds. */
const LONGEST = 50;

/** For what is decided and answered from what was read. Milliseconds. */
const AFTERWARDS = 15;

/** For a question that is expected, until something is read for it. Milliseconds. */
const EXPECTED = 40;

/** How often it looks whether they are answered. */
const EACH = 2;

/** Knows whether something is read for somebody, so that work in the background can let it go first. */
export class Quiet {
  #reading = 0;
  #ended = Number.NEGATIVE_INFINITY;

  /** Counts until `work` has ended. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#reading += 1;
    try {
      return await work();
    } finally {
      this.#reading -= 1;
      this.#ended = performance.now();
    }
  }

  /** Somebody is about to ask, as it seems. */
  expect(): void {
    this.#ended = performance.now() + EXPECTED - AFTERWARDS;
  }

  /** Resolves after others had their turn, when nothing is read for anybody: at the latest when that has lasted long. */
  async turn(): Promise<void> {
    await setImmediate();
    const until = performance.now() + LONGEST;
    for (let now = performance.now(); this.#isWaitedFor(now) && now < until; now = performance.now()) {
      await setTimeout(EACH);
    }
  }

  #isWaitedFor(now: number): boolean {
    return this.#reading > 0 || now - this.#ended < AFTERWARDS;
  }
}
