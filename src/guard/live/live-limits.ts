import { RolegateError } from '../../policy/errors.ts';
import { Throttled } from '../throttled.ts';
import type { SharedUsage } from '../usage.ts';

/** Requests that all subscriptions of one caller may watch. */
const MOST_REQUESTS = 1_000;
/** When to come again, where nobody knows. Milliseconds. */
const A_WHILE = 5_000;

interface Count {
  open: number;
  requests: number;
}

/** One open subscription, as it is counted. */
export interface OpenSubscription {
  /** Counts requests that it watches, until it ends. Throws LIMIT_EXCEEDED. */
  watch(requests: number): void;
  end(): void;
}

/** How many subscriptions each caller has open, and what they watch. */
export class LiveLimits {
  readonly #most: number;
  readonly #shared: SharedUsage | null;
  readonly #counts = new Map<string, Count>();

  /** `most`: subscriptions of one caller at the same time; Infinity: no limit. `shared`: as for CallerLimiter. */
  constructor(most: number, shared: SharedUsage | null = null) {
    this.#most = most;
    this.#shared = shared;
  }

  /** `caller`: its name among those that are limited. Throws Throttled. */
  open(caller: string): OpenSubscription {
    const count = this.#counts.get(caller) ?? { open: 0, requests: 0 };
    const shared = this.#shared;
    const [opened, watched] = [`open ${caller}`, `watched ${caller}`];
    if (count.open + (shared?.heldByOthers(opened) ?? 0) >= this.#most) {
      throw new Throttled(A_WHILE, `there are ${this.#most} subscriptions of this caller open already`);
    }
    this.#counts.set(caller, count);
    count.open += 1;
    shared?.hold(opened, 1);
    let own = 0;
    let ended = false;
    return {
      watch: (requests) => {
        const before = count.requests + (shared?.heldByOthers(watched) ?? 0);
        if (before + requests > MOST_REQUESTS) throw tooMany(before, requests);
        count.requests += requests;
        shared?.hold(watched, requests);
        own += requests;
      },
      end: () => {
        if (ended) return;
        ended = true;
        count.open -= 1;
        count.requests -= own;
        shared?.hold(opened, -1);
        shared?.hold(watched, -own);
        if (count.open === 0) this.#counts.delete(caller);
      },
    };
  }
}

function tooMany(before: number, requests: number): RolegateError {
  const others = before === 0 ? '' : `, and other subscriptions of this caller have ${before}`;
  const message = `\`requests\` has ${requests} entries${others}; the limit of a caller is ${MOST_REQUESTS}`;
  return new RolegateError('LIMIT_EXCEEDED', message, { field: 'requests' });
}
