import { existsSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { dataDir as prepopulated } from '@electric-sql/pglite-prepopulatedfs';
import { RolegateError } from '../../policy/errors.ts';
import { makeDataDir } from '../data-dir.ts';
import { type DataDirLock, lockDataDir } from './data-dir-lock.ts';
import type { Database, Sql, SqlParameter, StatementListener } from './database.ts';
import { pgliteAdapter } from './pglite-adapter.ts';
import { directoryError } from './unavailable.ts';

/** While this file exists, the database has never been ready: nothing in it was acknowledged to anybody. */
const UNFINISHED = 'db.unfinished';

async function writeDurably(path: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  await file.sync();
  await file.close();
}

/** Rows of one statement: bounds how long it keeps the process. */
const BATCH = 250;

class EmbeddedDatabase implements Database {
  readonly exclusive = true;
  readonly batch = BATCH;
  readonly adapter;
  readonly #client: PGlite;
  readonly #onStatement: StatementListener;
  readonly #lock: DataDirLock;

  constructor(client: PGlite, onStatement: StatementListener, lock: DataDirLock) {
    this.#client = client;
    this.#onStatement = onStatement;
    this.#lock = lock;
    this.adapter = pgliteAdapter(client, onStatement);
  }

  async query<Row>(text: string, parameters: readonly SqlParameter[] = []): Promise<readonly Row[]> {
    this.#onStatement(text);
    try {
      return (await this.#client.query<Row>(text, [...parameters])).rows;
    } catch (error) {
      throw directoryError(error);
    }
  }

  async transaction<T>(_kind: 'read' | 'write', work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.#lock.isLost()) throw new RolegateError('DATA_DIR_LOCKED', 'another process took over the data folder');
    try {
      return await this.#client.transaction(async (inner) => {
        this.#onStatement('BEGIN');
        const result = await work({
          batch: BATCH,
          query: async <Row>(text: string, parameters: readonly SqlParameter[] = []) => {
            this.#onStatement(text);
            return (await inner.query<Row>(text, [...parameters])).rows;
          },
        });
        this.#onStatement('COMMIT');
        return result;
      });
    } catch (error) {
      throw directoryError(error);
    }
  }

  withLock<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async close(): Promise<void> {
    try {
      await this.#client.close();
    } finally {
      await this.#lock.release();
    }
  }
}

/** Extensions that the database can create, and needs at every opening after that. */
const EXTENSIONS = { pg_trgm };

function openFolder(dataDir: string, loadDataDir?: Blob): Promise<PGlite> {
  return PGlite.create({ dataDir, extensions: EXTENSIONS, ...(loadDataDir === undefined ? {} : { loadDataDir }) });
}

/** Removes a cluster that was never ready. */
async function removeUnfinished(dataDir: string): Promise<void> {
  const unfinished = join(dataDir, UNFINISHED);
  if (!existsSync(unfinished)) return;
  await rm(join(dataDir, 'db'), { recursive: true, force: true });
  await rm(unfinished, { force: true });
}

/** Starts anew if an earlier first start was cut off, so that a half unpacked cluster is never opened. */
async function openCluster(dataDir: string): Promise<PGlite> {
  const folder = join(dataDir, 'db');
  await removeUnfinished(dataDir);
  if (existsSync(join(folder, 'PG_VERSION'))) return openFolder(folder);
  await writeDurably(join(dataDir, UNFINISHED));
  await mkdir(folder, { mode: 0o700 });
  return openFolder(folder, await prepopulated());
}

/**
 * PGlite in `dataDir/db`. Runs `prepare` before anybody uses it; a start that is cut off before `prepare` has finished
 * for the first time leaves nothing behind. Throws DATA_DIR_LOCKED if another process holds the folder.
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  prepare: (database: Database) => Promise<void>,
  onStatement: StatementListener = () => undefined,
): Promise<Database> {
  await makeDataDir(dataDir);
  const lock = await lockDataDir(dataDir);
  let client: PGlite | null = null;
  try {
    client = await openCluster(dataDir);
    const database = new EmbeddedDatabase(client, onStatement, lock);
    await prepare(database);
    await rm(join(dataDir, UNFINISHED), { force: true });
    return database;
  } catch (error) {
    await client?.close().catch(() => undefined);
    await removeUnfinished(dataDir);
    await lock.release();
    throw error;
  }
}
