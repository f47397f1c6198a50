import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { ConnectionState } from '../directory-state.ts';

/** Values of `$1`, `$2` … Larger values are passed as JSON text and cast by the statement (`$1::text::jsonb`). */
export type SqlParameter = string | number | bigint | boolean | null | readonly string[];

/**
 * Runs single statements. Columns come back as the driver reads them, and the two drivers differ for `int8` and
 * `timestamp`: statements cast those to text.
 */
export interface Sql {
  /** Most rows of one statement. The embedded database keeps this process while it works: others would wait for many rows. */
  readonly batch: number;
  /** `name`: of this text and no other, under which a look-up keeps its plan. Left out: it is planned each time. */
  query<Row>(text: string, parameters?: readonly SqlParameter[], name?: string): Promise<readonly Row[]>;
}

/** As `Sql`, in a transaction that may write. */
export interface WritingSql extends Sql {
  /** Adds rows, of which `lines` has one each in the text form of COPY: no other statement adds many as fast. */
  copy(table: string, columns: readonly string[], lines: string): Promise<void>;
}

export type TransactionKind = 'read' | 'look-up' | 'write';

/**
 * PostgreSQL in one of its two shapes. Prisma's client reads through `adapter`; what must be one statement for a whole
 * batch is SQL, on the same connections.
 */
export interface Database extends Sql {
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /** Whether this process is the only one that can write. */
  readonly exclusive: boolean;
  /** For work that may take minutes; on a server, with connections of its own. */
  readonly long: Database;
  /**
   * `read`: one unchanging state of the database. `look-up`: the same, for statements about few names, with a plan that is kept;
   * `work` runs anew where it turns out that plans are not. Rejects when the commit fails; rolls back when `work` rejects.
   */
  transaction<T>(kind: TransactionKind, work: (sql: WritingSql) => Promise<T>): Promise<T>;
  /**
   * Runs `work` while every other process that wants the same lock waits. `adapter`: for the schema engine, which leaves a lock of
   * its own on a connection; these connections end with `work`.
   */
  withLock<T>(work: (adapter: SqlMigrationAwareDriverAdapterFactory) => Promise<T>): Promise<T>;
  /** Throws a StoreUnavailable if it does not answer, or its storage failed and still does. */
  ping(): Promise<void>;
  /** Left out: there are none, it is in this process. */
  readonly connections?: ConnectionState;
  /** `work` runs whenever the database was opened again by itself. Left out: it never is. */
  onReopened?(work: (sql: Sql) => Promise<void>): void;
  close(): Promise<void>;
}

/** Receives every statement, including BEGIN and COMMIT, without its parameters. Returns what to call when it was answered. */
export type StatementListener = (sql: string) => (() => void) | undefined;
