import type { PoolClient, QueryResult } from 'pg';

/** How a transaction begins that reads one unchanging state. */
export const BEGIN_READ = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Of a transaction whose plans are made once. They look for each name by an index: the plan stays when a table has grown that was
 * empty when it was made. https://www.postgresql.org/docs/current/runtime-config-query.html
 */
export const LOOK_UP_SETTINGS = [
  'SET LOCAL plan_cache_mode = force_generic_plan',
  ...['seqscan', 'hashjoin', 'mergejoin'].map((method) => `SET LOCAL enable_${method} = off`),
].join('; ');

const BEGIN_LOOK_UP = `${BEGIN_READ}; ${LOOK_UP_SETTINGS}`;

const WHO_ANSWERS = 'SELECT pg_backend_pid() AS pid';

/**
 * Codes of what a server says where a statement that was prepared on a connection is not there, is another's, or does not answer
 * what it did: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_KEPT = new Set(['26000', '42P05', '0A000']);

export function isNotKept(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_KEPT.has(String(error.code));
}

/**
 * Knows on which connections of a pool statements can be prepared, so that they are planned once: to plan the longest takes ten
 * times as long as to answer it about one name. Behind a pooler the next transaction may be on another connection of the server.
 */
export class KeptPlans {
  /** Whether a connection leads to the process of the server that answers on it. */
  readonly #direct = new WeakMap<PoolClient, boolean>();
  #isGivenUp = false;

  /** Whether a connection has the plans that it can have: there was such a transaction on it. */
  hasPlans(client: PoolClient): boolean {
    return this.#isGivenUp || this.#direct.has(client);
  }

  /** Begins a transaction; answers whether its statements can be prepared. */
  async begin(client: PoolClient): Promise<boolean> {
    const known = this.#isGivenUp ? false : this.#direct.get(client);
    if (known !== undefined) {
      await client.query(known ? BEGIN_LOOK_UP : BEGIN_READ);
      return known;
    }
    // A pooler tells its clients a number of its own. as: pg answers a list where there are several statements
    const answers = (await client.query(`${BEGIN_LOOK_UP}; ${WHO_ANSWERS}`)) as unknown as QueryResult<{
      pid: number;
    }>[];
    const isDirect = 'processID' in client && client.processID === answers.at(-1)?.rows[0]?.pid;
    this.#direct.set(client, isDirect);
    return isDirect;
  }

  /** Whether `error` is what is said where something between here and the server does not keep what was prepared: nothing is from now on. */
  givesUpBy(error: unknown): boolean {
    if (this.#isGivenUp || !isNotKept(error)) return false;
    this.#isGivenUp = true;
    return true;
  }
}
