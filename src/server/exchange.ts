import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its answer, on their way through the router. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly requestId: string;
  /** When it came, milliseconds since 1970: the one instant at which everything in it is decided. */
  readonly now: number;
  /** Who asked, for the log; `none` where nobody had to say. */
  caller: 'none' | 'refused' | 'anonymous' | 'principal' | 'operator';
}
