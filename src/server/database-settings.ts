import { type DatabaseTimes, USUAL_TIMES } from '../directory/prisma/database-times.ts';

/** Settings of a PostgreSQL server. */
export interface DatabaseSettings {
  readonly times: DatabaseTimes;
  /** Seconds for which a start waits for a server that does not answer. */
  readonly startSeconds: number;
}

/** Reads them with `seconds`, which gives the whole number of seconds of a variable, between two numbers. */
export function readDatabaseSettings(
  seconds: (name: string, otherwise: number, least: number, most: number) => number,
): DatabaseSettings {
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
  };
}
