import { turnBegan } from '../../access/next-turn.ts';
import type { Work } from '../../access/work.ts';

/** Milliseconds for which an execution keeps others waiting. */
const ONE_TURN = 2;
/** The same for its beginning, from when the request came: most are answered in that, without a promise. */
const FIRST_TURN = 3;
/** Values between two looks at the clock. */
const BETWEEN = 8;
/** Fields of an operation itself can be searches: the clock is looked at before each. */
export const AS_MANY_AS_A_SEARCH = BETWEEN;
/** Fields that may be waited for before what they have begun gets on. */
const BEGUN_AT_ONCE = 256;
/** As many more are begun then, each time. */
const BEGUN_NEXT = 4;

/**
 * Room for others while one operation is executed. Values are completed one after the other; each that is due waits for
 * `next`, and those who wait go on in their order. Between two of them what fields have begun gets on, so that it is counted
 * too, and after each turn others have theirs.
 */
export class Turns {
  readonly #work: Work;
  /** Rejects what `orEnd` has returned. */
  #failed: ((error: unknown) => void) | null = null;
  readonly #waiting: (() => void)[] = [];
  #isRunning = false;
  /** When the present turn began, with what was done in it before: reading, and variables. */
  #since = turnBegan();
  #turn = FIRST_TURN;
  #values = 0;
  #mayBegin = BEGUN_AT_ONCE;

  constructor(work: Work) {
    this.#work = work;
  }

  /** `result`, or the error of the work of the request if that ends before. Nobody who waits goes on then. */
  orEnd<T>(result: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      result.then(resolve, reject);
    });
  }

  /** Counts a value that is to be completed now. Whether it has to wait for `next` first. `weight`: values that it is worth. */
  isDue(weight = 1): boolean {
    this.#values += weight;
    if (this.#values >= BETWEEN) {
      this.#values = 0;
      // Whatever else is completed in this turn is due, too.
      if (this.#isOver) this.#mayBegin = 0;
    }
    return this.#mayBegin <= 0;
  }

  /** Counts a field that has begun something that is waited for. */
  begun(): void {
    this.#mayBegin -= 1;
  }

  /** Its turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#isRunning) void this.#run();
    });
  }

  get #isOver(): boolean {
    return performance.now() - this.#since > this.#turn;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#work.beginTurns();
    const waiting = this.#waiting;
    let slice = this.#work.measure();
    try {
      for (let at = 0; at < waiting.length; at += 1) {
        if (this.#isOver) {
          this.#work.spend(slice);
          await this.#work.rest();
          slice = this.#work.measure();
          this.#since = slice.began;
          this.#turn = ONE_TURN;
        }
        this.#mayBegin = BEGUN_NEXT;
        waiting[at]?.();
        // What was begun gets on by a step, and this one too.
        await Promise.resolve();
      }
      this.#work.spend(slice);
      waiting.length = 0;
      this.#isRunning = false;
    } catch (error) {
      this.#failed?.(error);
    } finally {
      this.#work.endTurns();
    }
  }
}
