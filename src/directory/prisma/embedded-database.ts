import { setImmediate } from 'node:timers/promises';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { RolegateError } from '../../policy/errors.ts';
import { makeDataDir } from '../data-dir.ts';
import { Cluster, markFinished, removeUnfinished } from './cluster.ts';
import { copyStatement } from './copy.ts';
import { type DataDirLock, lockDataDir } from './data-dir-lock.ts';
import type { Database, Sql, SqlParameter, StatementListener, TransactionKind, WritingSql } from './database.ts';
import { EmbeddedPlans, executed } from './embedded-plans.ts';
import { pgliteAdapter, untilEnded } from './pglite-adapter.ts';
import { type AvailabilityListener, PROBE, StorageWatch } from './storage-watch.ts';

/** Rows of one statement: bounds how long it keeps the process. */
const BATCH = 125;
/** Rows that are copied at once: the indexes for searches make them cost more than others. */
const COPIED = 64;

export interface EmbeddedOptions {
  readonly onStatement?: StatementListener;
  /** Called when PGlite has ended, and when it answers again. */
  readonly onAvailability?: AvailabilityListener;
}

class EmbeddedDatabase implements Database {
  readonly exclusive = true;
  readonly batch = BATCH;
  readonly adapter;
  readonly long = this;
  readonly #cluster: Cluster;
  readonly #onStatement: StatementListener;
  readonly #lock: DataDirLock;
  readonly #storage: StorageWatch;
  readonly #plans = new EmbeddedPlans();

  constructor(cluster: Cluster, { onStatement = () => undefined, onAvailability }: EmbeddedOptions, lock: DataDirLock) {
    this.#storage = new StorageWatch(onAvailability);
    this.#cluster = cluster;
    this.#onStatement = onStatement;
    this.#lock = lock;
    this.adapter = pgliteAdapter(cluster, onStatement);
  }

  async query<Row>(text: string, parameters: readonly SqlParameter[] = []): Promise<readonly Row[]> {
    const ended = this.#onStatement(text);
    try {
      const running = await this.#cluster.running();
      const { rows } = await untilEnded(running.query<Row>(text, [...parameters]), ended);
      this.#storage.answered();
      return rows;
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

  async #transaction<T>(kind: TransactionKind, work: (sql: WritingSql) => Promise<T>): Promise<T> {
    if (this.#lock.isLost()) throw new RolegateError('DATA_DIR_LOCKED', 'another process took over the data folder');
    try {
      const client = await this.#cluster.running();
      const done = await client.transaction(async (inner) => {
        this.#onStatement('BEGIN');
        const prepared = kind === 'look-up' ? await this.#plans.begin(client, inner) : null;
        const result = await work({
          batch: BATCH,
          query: async <Row>(text: string, parameters: readonly SqlParameter[] = [], name?: string) => {
            const ended = this.#onStatement(text);
            const isKept = prepared !== null && name !== undefined;
            const answer = isKept
              ? executed<Row>(inner, prepared, { name, text, parameters })
              : inner.query<Row>(text, [...parameters]);
            return (await untilEnded(answer, ended)).rows;
          },
          copy: async (table, columns, lines) => {
            // PGlite gives a statement's blob this name.
            const text = copyStatement(table, columns, `'/dev/blob'`);
            for (const part of inParts(lines)) {
              const ended = this.#onStatement(text);
              await untilEnded(inner.query(text, [], { blob: new Blob([part]) }), ended);
              // It has kept this process: others get their turn.
              await setImmediate();
            }
          },
        });
        this.#onStatement('COMMIT');
        return result;
      });
      this.#storage.answered();
      return done;
    } catch (error) {
      throw this.#storage.seen(error);
    }
  }

  withLock<T>(work: (adapter: SqlMigrationAwareDriverAdapterFactory) => Promise<T>): Promise<T> {
    return work(this.adapter);
  }

  async ping(): Promise<void> {
    await this.query('SELECT 1');
    await this.#storage.check(async () => {
      await this.#cluster.checkRoom();
      await this.query(PROBE);
    });
  }

  /** `work` runs whenever the database was opened again, before anybody else is answered. */
  onReopened(work: (sql: Sql) => Promise<void>): void {
    this.#cluster.onReopened = (client) =>
      work({
        batch: BATCH,
        query: async <Row>(text: string, parameters: readonly SqlParameter[] = []) =>
          (await client.query<Row>(text, [...parameters])).rows,
      });
  }

  async close(): Promise<void> {
    try {
      await this.#cluster.close();
    } finally {
      await this.#lock.release();
    }
  }
}

/** Lines for COPY, some of them at a time: a line break within a value is written as an escape. */
function* inParts(lines: string): Iterable<string> {
  let from = 0;
  let count = 0;
  for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', end + 1)) {
    count += 1;
    if (count % COPIED > 0) continue;
    yield lines.slice(from, end + 1);
    from = end + 1;
  }
  if (from < lines.length) yield lines.slice(from);
}

/**
 * PGlite in `dataDir/db`. Runs `prepare` before anybody uses it; a start that is cut off before `prepare` has finished
 * for the first time leaves nothing behind. Throws DATA_DIR_LOCKED if another process holds the folder.
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  prepare: (database: Database) => Promise<void>,
  options: EmbeddedOptions = {},
): Promise<Database> {
  await makeDataDir(dataDir);
  const lock = await lockDataDir(dataDir);
  let cluster: Cluster | null = null;
  try {
    cluster = await Cluster.open(dataDir);
    const database = new EmbeddedDatabase(cluster, options, lock);
    await prepare(database);
    await markFinished(dataDir);
    return database;
  } catch (error) {
    await cluster?.close().catch(() => undefined);
    await removeUnfinished(dataDir);
    await lock.release();
    throw error;
  }
}
