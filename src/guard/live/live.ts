import type { GuardContext } from '../context.ts';

/** The cost of deciding one request again: decisions take some twenty microseconds, and 250 is about a millisecond. */
export const COST_OF_DECIDING = 5;

/** Between two looks at what nothing tells of: a session that has expired, a notification that was lost. Milliseconds. */
export const PULSE = 1_000;

/** A subscription while it is open. Each of its events is decided as a request of its own. */
export interface Live {
  /** The caller as it is now, and the instant of the next event. Throws what ends the subscription. */
  readonly renew: () => Promise<GuardContext>;
  /** Aborted when it ends, with the error that is its last event. */
  readonly signal: AbortSignal;
  /** Counts against the budget of the caller, and resolves when something of it is left. */
  readonly spend: (cost: number) => Promise<void>;
  /** Counts requests that are decided again and again. Throws LIMIT_EXCEEDED if the caller has too many. */
  readonly watch: (requests: number) => void;
}
