import { LRUCache } from 'lru-cache';

export interface AttemptLimits {
  /** Number of wrong attempts that cause no pause yet. */
  readonly free: number;
  /** Milliseconds after which one wrong attempt is forgotten. */
  readonly forgottenEvery: number;
  /** The longest pause, milliseconds. */
  readonly longestPause: number;
  /** The greatest number of counts; beyond it, the one whose last wrong attempt is longest ago is forgotten. */
  readonly most: number;
}

/** Number of wrong attempts not yet forgotten, as it was `at` the last of them. */
export interface Count {
  readonly wrong: number;
  readonly at: number;
}

const NONE: Count = { wrong: 0, at: 0 };

/** The first pause, milliseconds. Each further wrong attempt doubles it. */
const FIRST_PAUSE = 1_000;

/**
 * Counts wrong attempts to prove something, by who makes them. Whoever makes too many has to pause, longer each time. Time
 * is given with each call, in milliseconds since 1970.
 */
export class Attempts {
  readonly #limits: AttemptLimits;
  readonly #counts: LRUCache<string, Count>;
  /** Attempts under way. Separate from the counts, which record only wrong attempts. */
  readonly #underWay = new Map<string, number>();

  constructor(limits: AttemptLimits) {
    this.#limits = limits;
    this.#counts = new LRUCache({ max: limits.most });
  }

  /** Number of counts. */
  get size(): number {
    return this.#counts.size + this.#underWay.size;
  }

  /**
   * Milliseconds until `who` may try again; 0: now. An attempt under way counts as wrong until its result is known, so that
   * many attempts at the same time gain nothing over one after the other.
   */
  pause(who: string, now: number): number {
    const count = this.#counts.peek(who) ?? NONE;
    const pause = this.#pauseAfter(count.wrong);
    // Where the clock was set back, the pause does not become longer.
    const left = Math.min(pause, count.at + pause - now);
    if (left > 0) return left;
    const underWay = this.#underWay.get(who) ?? 0;
    return underWay > 0 && this.#remembered(count, now) + underWay >= this.#limits.free ? FIRST_PAUSE : 0;
  }

  /** Begins an attempt, which `end` ends. */
  begin(who: string): void {
    this.#underWay.set(who, (this.#underWay.get(who) ?? 0) + 1);
  }

  /** Ends an attempt with its result. A right attempt does not lower the count of wrong ones. */
  end(who: string, now: number, wrong: boolean): void {
    const others = (this.#underWay.get(who) ?? 1) - 1;
    if (others > 0) this.#underWay.set(who, others);
    else this.#underWay.delete(who);
    if (wrong) this.countWrong(who, now);
  }

  /** What others have counted, too, takes the place of what is counted here. */
  learn(who: string, count: Count): void {
    this.#counts.set(who, count);
  }

  countWrong(who: string, now: number): void {
    const before = this.#counts.get(who) ?? NONE;
    this.#counts.set(who, { wrong: this.#remembered(before, now) + 1, at: now });
  }

  #remembered({ wrong, at }: Count, now: number): number {
    return Math.max(0, wrong - Math.max(0, now - at) / this.#limits.forgottenEvery);
  }

  #pauseAfter(wrong: number): number {
    const { free, longestPause } = this.#limits;
    return Math.round(wrong) < free ? 0 : Math.min(longestPause, FIRST_PAUSE * 2 ** (Math.round(wrong) - free));
  }
}
