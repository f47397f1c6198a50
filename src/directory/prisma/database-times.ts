/** How long a PostgreSQL server may take before it counts as gone. Milliseconds. */
export interface DatabaseTimes {
  /** For one statement. */
  readonly statement: number;
  /** For one lock, within the statement that waits for it. */
  readonly lock: number;
  /** Between two statements of a transaction, in which this process works or is gone. */
  readonly idleTransaction: number;
  /** For a connection: a new one, or one of the pool when all are taken. */
  readonly connection: number;
}

/** What is expected of a server where nothing is set. */
export const USUAL_TIMES: DatabaseTimes = {
  statement: 5_000,
  lock: 5_000,
  idleTransaction: 5_000,
  connection: 5_000,
};

const LONG = 600_000;

/** For migrations, imports, backups and checks, which read and write whole tables and wait for each other. */
export const LONG_TIMES: DatabaseTimes = { statement: LONG, lock: LONG, idleTransaction: LONG, connection: 5_000 };

/** The server ends a statement itself and says why; only where that does not arrive does the client end it. */
const FOR_THE_ANSWER = 500;

/** The times as options of a connection of `pg`. */
export function connectionOptions({ statement, lock, idleTransaction, connection }: DatabaseTimes) {
  return {
    statement_timeout: statement,
    lock_timeout: lock,
    idle_in_transaction_session_timeout: idleTransaction,
    query_timeout: statement + FOR_THE_ANSWER,
    connectionTimeoutMillis: connection,
  };
}

/** Whether the client has given up on a statement: nothing more can be asked on its connection. */
export function isAbandoned(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}
