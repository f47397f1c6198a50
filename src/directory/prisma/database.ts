import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';

/** What can stand for `$1`, `$2` … Larger values travel as JSON text and are cast by the statement (`$1::text::jsonb`). */
export type SqlParameter = string | number | bigint | boolean | null | readonly string[];

/**
 * Runs single statements. Columns come back as the driver reads them, and the two drivers differ for `int8` and
 * `timestamp`: statements cast those to text.
 */
export interface Sql {
  query<Row>(text: string, parameters?: readonly SqlParameter[]): Promise<readonly Row[]>;
}

/**
 * PostgreSQL in one of its two shapes. Prisma's client reads through `adapter`; what has to be one statement for a whole
 * batch is SQL, on the same connections.
 */
export interface Database extends Sql {
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /** This process is the only one that can write. */
  readonly exclusive: boolean;
  /** `read`: one unchanging state of the database. Rejects when the commit fails; rolls back when `work` rejects. */
  transaction<T>(kind: 'read' | 'write', work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Keeps every other process that would hold the same lock waiting while `work` runs. */
  withLock<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Told every statement, BEGIN and COMMIT included, without its parameters. */
export type StatementListener = (sql: string) => void;
