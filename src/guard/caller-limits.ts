import { LRUCache } from 'lru-cache';
import { subscriberOf } from '../directory/addresses.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { Caller } from '../session/caller.ts';
import { Throttled } from './throttled.ts';
import type { SharedUsage } from './usage.ts';

/** What one caller may ask for. Infinity: no limit. */
export interface CallerLimit {
  /** Requests at the same time. */
  readonly concurrent: number;
  /** Cost per second, over BURST seconds; see graphql/cost.ts: 250 are about a millisecond of processor time. */
  readonly costPerSecond: number;
}

/** By kind of caller: for each principal, each checker, each address without credentials, and the operator. */
export type CallerLimits = Readonly<Record<Caller['kind'], CallerLimit>>;

/** One admitted request. */
export interface Allowance {
  /** Its cost, when it is known. It may be more than is left: the next request then has to wait. */
  spend(cost: number): void;
  /** It is answered, or its client has gone. */
  end(): void;
  /** Milliseconds until its caller may ask for more; 0: now. */
  pause(): number;
}

/** Without limits. */
export const UNLIMITED: Allowance = { spend: () => undefined, end: () => undefined, pause: () => 0 };

/** Seconds for which a caller that was quiet may ask for more than it may in the long run. */
const BURST = 10;

/** Callers that are remembered. Beyond it, the one that has not come for the longest time is forgotten. */
const MOST_CALLERS = 20_000;

/** Until another request of the same caller is answered, as nobody knows when that is. Milliseconds. */
const A_MOMENT = 1_000;

interface State {
  underWay: number;
  /** Cost that is left, as it was `at`; less than 0: more was spent. */
  left: number;
  at: number;
}

/**
 * Where every request is admitted, and what admitted ones cost. Each caller has its own limits, so that nobody takes another's
 * share of this gateway. In memory; processes of one port tell each other twenty times a second.
 */
export class CallerLimiter {
  readonly #limits: CallerLimits;
  /** Milliseconds, never backwards. */
  readonly #clock: () => number;
  readonly #states = new LRUCache<string, State>({ max: MOST_CALLERS });

  readonly #shared: SharedUsage | null;

  /** `shared`: what callers use at other processes of the same port counts, too; null: there are none. */
  constructor(limits: CallerLimits, clock: () => number = () => performance.now(), shared: SharedUsage | null = null) {
    this.#limits = limits;
    this.#clock = clock;
    this.#shared = shared;
    shared?.onSpent((name, cost) => this.#spentElsewhere(name, cost));
  }

  /** `address`: of the client; null: not known, and all of these count together. Throws Throttled, with the time to wait. */
  admit(caller: Caller, address: string | null): Allowance {
    const limit = this.#limits[caller.kind];
    if (limit.concurrent === Infinity && limit.costPerSecond === Infinity) return UNLIMITED;
    const name = nameOf(caller, address);
    const state = this.#stateOf(name, limit);
    const shared = this.#shared;
    if (state.underWay + (shared?.heldByOthers(name) ?? 0) >= limit.concurrent) {
      throw new Throttled(A_MOMENT, `there are ${limit.concurrent} requests of this caller under way already`);
    }
    const pause = pauseOf(state, limit);
    if (pause > 0) throw new Throttled(pause, 'this caller has asked for too much in a short time');
    state.underWay += 1;
    shared?.hold(name, 1);
    let ended = false;
    return {
      spend: (cost) => {
        if (limit.costPerSecond === Infinity) return;
        state.left -= cost;
        shared?.spend(name, cost);
      },
      end: () => {
        if (ended) return;
        state.underWay -= 1;
        shared?.hold(name, -1);
        ended = true;
      },
      pause: () => pauseOf(this.#stateOf(name, limit), limit),
    };
  }

  /** A kind of caller is the first word of its name. */
  #spentElsewhere(name: string, cost: number): void {
    const kind = (name.split(' ', 1)[0] ?? '') as Caller['kind'] | 'address'; // as: see nameOf
    const limit = this.#limits[kind === 'address' ? 'anonymous' : kind];
    if (limit !== undefined && limit.costPerSecond !== Infinity) this.#stateOf(name, limit).left -= cost;
  }

  #stateOf(name: string, { costPerSecond }: CallerLimit): State {
    const now = this.#clock();
    const full = costPerSecond * BURST;
    const state = this.#states.get(name) ?? { underWay: 0, left: full, at: now };
    state.left = Math.min(full, state.left + ((now - state.at) / 1_000) * costPerSecond);
    state.at = now;
    this.#states.set(name, state);
    return state;
  }
}

function pauseOf({ left }: State, { costPerSecond }: CallerLimit): number {
  return left > 0 ? 0 : Math.max(1, (1_000 * (1 - left)) / costPerSecond);
}

/** Names a caller among those that are limited. `address`: of the client, which names a caller without credentials. */
export function nameOf(caller: Caller, address: string | null): string {
  switch (caller.kind) {
    case 'principal':
      return `principal ${principalIdOf(caller.ref)}`;
    case 'checker':
      return `checker ${caller.checker.id}`;
    case 'operator':
      return 'operator';
    case 'anonymous':
      return `address ${address === null ? 'unknown' : subscriberOf(address)}`;
    default:
      return caller satisfies never;
  }
}
