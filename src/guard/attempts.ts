import { LRUCache } from 'lru-cache';

export interface AttemptLimits {
  /** Wrong attempts that cost nothing yet. */
  readonly free: number;
  /** Milliseconds after which one wrong attempt is forgotten. */
  readonly forgottenEvery: number;
  /** The longest pause, milliseconds. */
  readonly longestPause: number;
  /** How many may be kept count of; then whoever was wrong longest ago is forgotten. */
  readonly most: number;
}

/** Wrong attempts that are not forgotten yet, as they were `at` the last of them. */
interface Count {
  readonly wrong: number;
  readonly at: number;
}

const NONE: Count = { wrong: 0, at: 0 };

/** The first pause, milliseconds. Each further wrong attempt doubles it. */
const FIRST_PAUSE = 1_000;

/**
 * Wrong attempts to prove something, counted by who makes them; who makes too many has to pause, ever longer. Time is
 * given with each call, milliseconds since 1970.
 */
export class Attempts {
  readonly #limits: AttemptLimits;
  readonly #counts: LRUCache<string, Count>;
  /** Attempts that are being looked at. Apart from the counts, in which only what was wrong leaves a trace. */
  readonly #underWay = new Map<string, number>();

  constructor(limits: AttemptLimits) {
    this.#limits = limits;
    this.#counts = new LRUCache({ max: limits.most });
  }

  /** How many are kept count of. */
  get size(): number {
    return this.#counts.size + this.#underWay.size;
  }

  /**
   * Milliseconds until `who` may try again; 0: now. Attempts that are under way count as wrong until it is known, so that
   * many at the same time get no further than one after the other.
   */
  pause(who: string, now: number): number {
    const count = this.#counts.peek(who) ?? NONE;
    const left = count.at + this.#pauseAfter(count.wrong) - now;
    if (left > 0) return left;
    const underWay = this.#underWay.get(who) ?? 0;
    return underWay > 0 && this.#remembered(count, now) + underWay >= this.#limits.free ? FIRST_PAUSE : 0;
  }

  /** An attempt begins, which `end` ends. */
  begin(who: string): void {
    this.#underWay.set(who, (this.#underWay.get(who) ?? 0) + 1);
  }

  /** What became of it. A right one takes nothing back that a wrong one has counted. */
  end(who: string, now: number, wrong: boolean): void {
    const others = (this.#underWay.get(who) ?? 1) - 1;
    if (others > 0) this.#underWay.set(who, others);
    else this.#underWay.delete(who);
    if (wrong) this.countWrong(who, now);
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
