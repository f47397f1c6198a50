import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { Pool, type PoolClient } from 'pg';
import { RolegateError } from '../../policy/errors.ts';
import type { ConnectionState } from '../directory-state.ts';
import { copyStatement } from './copy.ts';
import type { Database, SqlParameter, StatementListener, TransactionKind, WritingSql } from './database.ts';
import { connectionOptions, type DatabaseTimes, isAbandoned, LONG_TIMES, USUAL_TIMES } from './database-times.ts';
import { BEGIN_READ, KeptPlans } from './kept-plans.ts';
import { OneAfterAnother } from './one-after-another.ts';
import { copyTo } from './server-copy.ts';
import { type AvailabilityListener, PROBE, StorageWatch } from './storage-watch.ts';

/** The advisory lock held while migrating: any number, the same in every gateway. */
const MIGRATION_LOCK = 7_265_117_001;

const BEGIN_WRITE = 'BEGIN ISOLATION LEVEL READ COMMITTED';

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
}

/** Reports every statement of a connection, including those of Prisma's adapter, which uses the same connections. */
function listen(client: PoolClient, onStatement: StatementListener): void {
  // `query` has seven overloads; all of them take the statement first.
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  Object.assign(client, {
    query: (...args: unknown[]) => {
      const ended = onStatement(textOf(args[0]));
      return ended === undefined ? query(...args) : answered(query, args, ended);
    },
  });
}

/** The answer of a statement comes to its callback, or as a promise. */
function answered(query: (...args: unknown[]) => unknown, args: readonly unknown[], ended: () => void): unknown {
  const last = args.at(-1);
  if (typeof last === 'function') {
    const callback = (...result: unknown[]): void => {
      ended();
      last(...result);
    };
    return query(...args.slice(0, -1), callback);
  }
  const result = query(...args);
  if (result instanceof Promise) result.then(ended, ended);
  else ended();
  return result;
}

/** Prisma's adapter, whose `executeScript` cuts scripts at every semicolon, those in function bodies too. */
function serverAdapter(pool: Pool): SqlMigrationAwareDriverAdapterFactory {
  const inner = new PrismaPg(pool);
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: async () => {
      const connection = await inner.connect();
      return Object.assign(connection, {
        executeScript: async (script: string): Promise<void> => {
          await pool.query(script);
        },
      });
    },
    connectToShadowDb: () => inner.connectToShadowDb(),
  };
}

/** Rows of one statement: with more, statements get no faster. */
const BATCH = 2_000;

class ServerDatabase implements Database {
  readonly exclusive = false;
  readonly batch = BATCH;
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  readonly long: Database;
  readonly #newPool: () => Pool;
  readonly #pool: Pool;
  readonly #storage: StorageWatch;
  readonly #plans = new KeptPlans();

  /** `long`: left out for the one that is for long work. */
  constructor(newPool: () => Pool, storage: StorageWatch, long?: Database) {
    this.#newPool = newPool;
    const pool = newPool();
    this.#pool = pool;
    this.#storage = storage;
    this.long = long ?? this;
    this.adapter = serverAdapter(pool);
  }

  get connections(): ConnectionState {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  async query<Row>(text: string, parameters: readonly SqlParameter[] = []): Promise<readonly Row[]> {
    try {
      // The row's shape is the statement's, which only its author knows.
      const { rows } = await this.#pool.query(text, [...parameters]);
      this.#storage.answered();
      return rows as Row[];
    } catch (error) {
      throw this.#storage.seen(error);
    }
  }

  async transaction<T>(kind: TransactionKind, work: (sql: WritingSql) => Promise<T>): Promise<T> {
    return this.#transaction(kind, work).catch((error: unknown) => {
      if (kind === 'look-up' && this.#plans.givesUpBy(error)) return this.#transaction('read', work);
      throw error;
    });
  }

  async #begin(kind: TransactionKind, client: PoolClient): Promise<{ readonly isKept: boolean }> {
    if (kind === 'look-up') return { isKept: await this.#plans.begin(client) };
    await client.query(kind === 'read' ? BEGIN_READ : BEGIN_WRITE);
    return { isKept: false };
  }

  async #transaction<T>(kind: TransactionKind, work: (sql: WritingSql) => Promise<T>): Promise<T> {
    const client = kind === 'look-up' ? await this.#connectPlanned() : await this.#connect();
    // Rows are written while others are looked for. A connection takes one statement at a time.
    const statements = new OneAfterAnother();
    let failed: unknown = null;
    try {
      const { isKept } = await this.#begin(kind, client);
      const result = await work({
        batch: BATCH,
        query: async <Row>(text: string, parameters: readonly SqlParameter[] = [], name?: string) => {
          const statement = { text, values: [...parameters], ...(isKept && name !== undefined && { name }) };
          return (await statements.run(() => client.query(statement))).rows as Row[];
        },
        copy: (table, columns, lines) =>
          statements.run(() => copyTo(client, copyStatement(table, columns, 'STDIN'), lines)),
      });
      await statements.end(() => client.query('COMMIT'));
      this.#storage.answered();
      return result;
    } catch (error) {
      failed = error;
      // What another part of the work still asks for would run outside the transaction.
      if (isAbandoned(error)) statements.close();
      else {
        await statements
          .end(() => client.query('ROLLBACK'))
          .then(
            () => (failed = null),
            () => undefined,
          );
      }
      throw this.#storage.seen(error);
    } finally {
      // A connection on which even ROLLBACK failed, or could not be sent, is not used again.
      client.release(failed !== null);
    }
  }

  async withLock<T>(work: (adapter: SqlMigrationAwareDriverAdapterFactory) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    // It connects when it is used.
    const pool = this.#newPool();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      return await work(serverAdapter(pool));
    } catch (error) {
      throw this.#storage.seen(error);
    } finally {
      await pool.end();
      // Ends the session and its lock, even if the server is gone.
      client.release(true);
    }
  }

  async ping(): Promise<void> {
    await this.query('SELECT 1');
    await this.#storage.check(async () => void (await this.query(PROBE)));
  }

  async close(): Promise<void> {
    if (this.long !== this) await this.long.close();
    await this.#pool.end();
  }

  /** A connection that has made its plans, if one is idle that nobody waits for. */
  async #connectPlanned(): Promise<PoolClient> {
    const passed: PoolClient[] = [];
    try {
      for (;;) {
        const client = await this.#connect();
        // Others that wait get the idle ones: who held this one meanwhile would wait for a new one.
        if (this.#plans.hasPlans(client) || this.#pool.idleCount <= this.#pool.waitingCount) return client;
        passed.push(client);
      }
    } finally {
      for (const client of passed) client.release();
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw this.#storage.seen(error);
    }
  }
}

export interface ServerOptions {
  readonly onStatement?: StatementListener;
  /** The same database, where statements of one session arrive at one session: for locks and long work. Left out: the URL itself. */
  readonly directUrl?: string | null;
  /** Left out: USUAL_TIMES. */
  readonly times?: DatabaseTimes;
  /** Called when the server is lost, and when it answers again. */
  readonly onAvailability?: AvailabilityListener;
}

/** Connections of one pool, and how many of them stay open when nothing is asked: those have plans that were made. */
const CONNECTIONS = { usual: { max: 10, min: 2 }, long: { max: 3, min: 0 } };

/** Connects at the first statement. Throws if `url` is not one; a missing server shows at the first statement. */
export function openServerDatabase(
  url: string,
  { onStatement, directUrl, times = USUAL_TIMES, onAvailability }: ServerOptions = {},
): Database {
  const direct = directUrl ?? url;
  if (![url, direct].every((each) => /^postgres(ql)?:\/\//.test(each) && URL.canParse(each))) {
    throw new RolegateError(
      'BAD_CONFIGURATION',
      'the database URL is not of the form postgresql://user:password@host:port/database',
    );
  }
  const storage = new StorageWatch(onAvailability);
  const longTimes = { ...LONG_TIMES, connection: times.connection };
  const long = new ServerDatabase(() => poolOf(direct, CONNECTIONS.long, longTimes, onStatement), storage);
  return new ServerDatabase(() => poolOf(url, CONNECTIONS.usual, times, onStatement), storage, long);
}

function poolOf(
  url: string,
  size: { readonly max: number; readonly min: number },
  times: DatabaseTimes,
  onStatement: StatementListener | undefined,
): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'rolegate',
    ...size,
    keepAlive: true,
    ...connectionOptions(times),
  });
  // Idle connections break when the server goes away. Without a listener that would end the process; the pool has
  // already dropped the connection, and the next caller gets a new one or a clear error.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    if (onStatement !== undefined) listen(client, onStatement);
  });
  return pool;
}
