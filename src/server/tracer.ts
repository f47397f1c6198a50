import type { Exchange } from './exchange.ts';

/** Runs a part of a request, and keeps how long it took, also where it has to wait. What runs within it is beneath it. */
export type Around = <T>(
  part: 'graphql' | 'decide' | 'gather',
  attributes: Readonly<Record<string, string | number>>,
  run: () => T | Promise<T>,
) => T | Promise<T>;

/** Traces of requests. Where nobody collects them there is none, and nothing is spent for it. */
export interface Tracer {
  /** Runs what answers a request. */
  request(exchange: Exchange, run: () => void): void;
  /** It was answered, or its client has gone. */
  ended(exchange: Exchange): void;
  readonly around: Around;
  /** A statement is sent to the database. Returns what to call when it is answered. */
  statement(sql: string): () => void;
  /** Sends what was not sent yet. */
  stop(): Promise<void>;
}
