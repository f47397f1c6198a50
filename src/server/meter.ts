import type { Watch } from '../guard/watch.ts';
import type { Exchange } from './exchange.ts';

/** Counts what the server does. Where nothing is measured there is none, and nothing is spent for it. */
export interface Meter extends Watch {
  /** A request was answered, or its client has gone, after so many milliseconds. */
  ended(exchange: Exchange, milliseconds: number): void;
  /** Something was refused, with a code of an error. */
  refused(code: string): void;
  /** A statement was sent to the database. */
  statement(sql: string): void;
}
