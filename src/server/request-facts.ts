import type { Caller } from '../session/caller.ts';

/** What the router knows of a request before GraphQL sees it. */
export interface RequestFacts {
  readonly requestId: string;
  readonly caller: Caller;
  /** Milliseconds since 1970: the one instant at which everything in this request is decided. */
  readonly now: number;
}
