import { RolegateError } from '../../policy/errors.ts';
import { Throttled } from '../throttled.ts';

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
  readonly #counts = new Map<string, Count>();

  /** `most`: subscriptions of one caller at the same time; Infinity: no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** `caller`: its name among those that are limited. Throws Throttled. */
  open(caller: string): OpenSubscription {
    const count = this.#counts.get(caller) ?? { open: 0, requests: 0 };
    if (count.open >= this.#most) {
      throw new Throttled(A_WHILE, `there are ${this.#most} subscriptions of this caller open already`);
    }
    this.#counts.set(caller, count);
    count.open += 1;
    let own = 0;
    let ended = false;
    return {
      watch: (requests) => {
        if (count.requests + requests > MOST_REQUESTS) throw tooMany(count.requests, requests);
        count.requests += requests;
        own += requests;
      },
      end: () => {
        if (ended) return;
        ended = true;
        count.open -= 1;
        count.requests -= own;
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
