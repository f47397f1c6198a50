import { type DatabaseTimes, USUAL_TIMES } from '../directory/prisma/database-times.ts';
import { type Freshness, USUAL_FRESHNESS } from '../directory/store.ts';

/** Settings of a PostgreSQL server. */
export interface DatabaseSettings {
  readonly times: DatabaseTimes;
  /** Seconds for which a start waits for a server that does not answer. */
  readonly startSeconds: number;
  /** The same database without a pooler in between; null: `databaseUrl` has none. */
  readonly directUrl: string | null;
  /** A copy that follows it, where questions are read; null: there is none. */
  readonly replicaUrl: string | null;
  readonly freshness: Freshness;
}

/** How the variables are read. */
interface Readers {
  /** The whole number of seconds of a variable, between two numbers. */
  readonly seconds: (name: string, otherwise: number, least: number, most: number) => number;
  /** The whole number of milliseconds of a variable, up to a number. */
  readonly milliseconds: (name: string, otherwise: number, most: number) => number;
  /** The URL of a database, which the variable or a file has. */
  readonly url: (name: string) => string | null;
}

export function readDatabaseSettings({ seconds, milliseconds, url }: Readers): DatabaseSettings {
  const time = (name: string, usual: number): number =>
    1000 * seconds(`ROLEGATE_DATABASE_${name}_SECONDS`, usual / 1000, 1, 600);
  return {
    times: {
      statement: time('STATEMENT', USUAL_TIMES.statement),
      lock: time('LOCK', USUAL_TIMES.lock),
      idleTransaction: time('IDLE', USUAL_TIMES.idleTransaction),
      connection: time('CONNECT', USUAL_TIMES.connection),
    },
    startSeconds: seconds('ROLEGATE_DATABASE_START_SECONDS', 30, 0, 3600),
    directUrl: url('DATABASE_DIRECT_URL'),
    replicaUrl: url('DATABASE_REPLICA_URL'),
    freshness: {
      maxStaleness: milliseconds('ROLEGATE_MAX_STALENESS', USUAL_FRESHNESS.maxStaleness, 60_000),
      catchUp: 1000 * seconds('ROLEGATE_CATCH_UP_SECONDS', USUAL_FRESHNESS.catchUp / 1000, 0, 60),
    },
  };
}
