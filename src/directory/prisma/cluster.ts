import { closeSync, existsSync } from 'node:fs';
import { mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { dataDir as prepopulated } from '@electric-sql/pglite-prepopulatedfs';
import { RolegateError } from '../../policy/errors.ts';
import { StatementTurns } from './statement-turns.ts';
import { storageError, storageFailureOf } from './storage-failure.ts';
import { endAtTraps } from './trap-guard.ts';

/** While this file exists, the database has never been ready: nothing in it was acknowledged to anybody. */
const UNFINISHED = 'db.unfinished';

/** Extensions that the database can create, and needs at every opening after that. */
const EXTENSIONS = { pg_trgm };

/** Bytes: PostgreSQL makes files for its log of 16 MiB each. */
const ROOM = 32 * 1_048_576;

/** Whether PostgreSQL has ended itself: https://www.postgresql.org/docs/current/runtime-config-logging.html (severity levels) */
function isEnd(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && (error.severity === 'PANIC' || error.severity === 'FATAL');
}

/**
 * PGlite that answers nothing more once PostgreSQL has ended itself, because it cannot write its log, or is caught in a trap: PGlite
 * itself would wait for ever, and this process with it.
 */
class EndingPGlite extends PGlite {
  /** Null: it runs. */
  ended: unknown = null;
  #isAbandoned = false;
  readonly #turns = new StatementTurns();

  /** Call it when it runs. */
  endAtTraps(): void {
    if (this.mod === undefined) throw new Error('the database does not run');
    endAtTraps(this.mod, (trap) => {
      this.ended ??= trap;
      return this.#hasEnded();
    });
  }

  override execProtocolRawSync(message: Uint8Array): Uint8Array {
    if (this.ended !== null) throw this.#hasEnded();
    return super.execProtocolRawSync(message);
  }

  override async execProtocol(...args: Parameters<PGlite['execProtocol']>): ReturnType<PGlite['execProtocol']> {
    try {
      return await super.execProtocol(...args);
    } catch (error) {
      if (isEnd(error)) this.ended ??= error;
      throw error;
    }
  }

  override async execProtocolStream(
    ...args: Parameters<PGlite['execProtocolStream']>
  ): ReturnType<PGlite['execProtocolStream']> {
    const turn = this.#turns.next();
    if (turn !== null) await turn;
    try {
      return await super.execProtocolStream(...args);
    } catch (error) {
      if (isEnd(error)) this.ended ??= error;
      throw error;
    }
  }

  #hasEnded(): Error {
    return new Error('the database has ended', { cause: this.ended });
  }

  /** Gives back the files of one that has ended, or never began, which cannot be closed. Once: their numbers are used again. */
  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    const streams: readonly unknown[] = this.mod?.FS.streams ?? [];
    // Of a file that is open under two numbers, both have the system's one.
    const files = new Set(streams.map(systemFileOf).filter((file) => file !== null));
    for (const file of files) {
      try {
        closeSync(file);
      } catch {
        // It was closed already.
      }
    }
  }
}

/** The system's number of a file that PGlite has open; null: it is no file. The first three are those of this process. */
function systemFileOf(stream: unknown): number | null {
  const file: unknown = typeof stream === 'object' && stream !== null ? Reflect.get(stream, 'nfd') : null;
  return typeof file === 'number' && file > 2 ? file : null;
}

async function create(options: PGliteOptions): Promise<EndingPGlite> {
  const client = new EndingPGlite({ ...options, extensions: EXTENSIONS });
  try {
    await client.waitReady;
    client.endAtTraps();
    // Making a file of the log, of 16 MB, would keep this process for 20 ms: https://www.postgresql.org/docs/current/runtime-config-wal.html
    await client.exec('SET wal_init_zero = off');
    return client;
  } catch (error) {
    client.abandon();
    throw error;
  }
}

async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < ROOM;
}

/** Opens a cluster that was ready once. Throws DIRECTORY_FULL, DATA_DIR_DAMAGED. */
async function openFolder(folder: string): Promise<EndingPGlite> {
  try {
    return await create({ dataDir: folder });
  } catch (cause) {
    // PGlite does not say what PostgreSQL has said.
    if (await isFull(folder)) throw storageError('full', cause);
    throw damagedFolder(folder, cause);
  }
}

function damagedFolder(folder: string, cause?: unknown): RolegateError {
  return new RolegateError(
    'DATA_DIR_DAMAGED',
    `the database in \`${folder}\` cannot be opened: files of it are damaged or missing. Put a backup into another data folder ` +
      'with `rolegate restore`, or take this folder away to begin with an empty directory',
    { cause },
  );
}

async function writeDurably(path: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  await file.sync();
  await file.close();
}

/** Removes a cluster that was never ready. */
export async function removeUnfinished(dataDir: string): Promise<void> {
  const unfinished = join(dataDir, UNFINISHED);
  if (!existsSync(unfinished)) return;
  await rm(join(dataDir, 'db'), { recursive: true, force: true });
  await rm(unfinished, { force: true });
}

/** From now on it is kept. */
export async function markFinished(dataDir: string): Promise<void> {
  await rm(join(dataDir, UNFINISHED), { force: true });
}

async function openOrMake(dataDir: string): Promise<EndingPGlite> {
  const folder = join(dataDir, 'db');
  // Starts anew if an earlier first start was cut off, so that a half unpacked cluster is never opened.
  await removeUnfinished(dataDir);
  if (existsSync(join(folder, 'PG_VERSION'))) return openFolder(folder);
  if ((await readdir(folder).catch(() => [])).length > 0) throw damagedFolder(folder);
  await writeDurably(join(dataDir, UNFINISHED));
  await mkdir(folder, { mode: 0o700, recursive: true });
  return create({ dataDir: folder, loadDataDir: await prepopulated() });
}

/** How long to wait between two tries to open the folder again. Milliseconds. */
const BETWEEN = 5_000;

/** PostgreSQL in the folder `db` of a data folder. If it has ended itself, it is opened again when somebody asks. */
export class Cluster {
  readonly #folder: string;
  #client: EndingPGlite;
  #reopening: Promise<EndingPGlite> | null = null;
  #triedAt = 0;
  /** Called after it was opened again, before anybody else uses it. */
  onReopened: (client: PGlite) => Promise<void> = () => Promise.resolve();

  private constructor(folder: string, client: EndingPGlite) {
    this.#folder = folder;
    this.#client = client;
  }

  /** Throws DATA_DIR_DAMAGED, DIRECTORY_FULL. */
  static async open(dataDir: string): Promise<Cluster> {
    return new Cluster(join(dataDir, 'db'), await openOrMake(dataDir));
  }

  /** Throws a StoreUnavailable if it has ended and cannot be opened yet. */
  async running(): Promise<PGlite> {
    if (this.#client.ended === null) return this.#client;
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async close(): Promise<void> {
    if (this.#client.ended === null) await this.#client.close();
    else this.#client.abandon();
  }

  /** Throws DIRECTORY_FULL if there is no room for what is about to be written. */
  async checkRoom(): Promise<void> {
    if (await isFull(this.#folder)) throw storageError('full', undefined);
  }

  async #reopen(): Promise<EndingPGlite> {
    const { ended } = this.#client;
    const failure = storageFailureOf(ended) ?? 'failing';
    const isEarly = Date.now() - this.#triedAt < BETWEEN;
    if (isEarly || (failure === 'full' && (await isFull(this.#folder)))) throw storageError(failure, ended);
    this.#triedAt = Date.now();
    this.#client.abandon();
    try {
      const client = await openFolder(this.#folder);
      await this.onReopened(client);
      this.#client = client;
      return client;
    } catch (cause) {
      throw storageError(failure === 'full' ? 'full' : 'damaged', cause);
    }
  }
}
