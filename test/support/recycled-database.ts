import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Database, StatementListener } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { migrate } from '../../src/directory/prisma/migrate.ts';
import { directoryIn, type OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { folderOfTheRun, putEmptyDirectory } from './empty-directory.ts';
import { sharedPostgres } from './postgres-server.ts';

// Opening PGlite, and migrating a server's database, takes a hundred times as long as emptying it. Tests whose subject is
// not the opening share the databases of their worker: whoever takes one has it alone, and finds it as after the migrations.

const catalog = await openCatalog();

/** A database that nobody else uses until it is given back. */
export interface TakenDatabase {
  /** The database itself, for what no directory does. */
  readonly database: Database;
  /** A directory in it that has nothing in memory. Closing it leaves the database as it is, for the next one. */
  readonly openDirectory: (onStatement?: StatementListener) => Promise<OpenDirectory>;
  /** A statement past all directories in it. */
  readonly query: Database['query'];
  /** Makes it what it was when it was taken. The directories in it are to be closed before. */
  readonly empty: () => Promise<void>;
  /** The directories in it are to be closed before. */
  giveBack(): void;
}

/** A database that is open, and the statements that make it what it was after the migrations. */
interface Made {
  readonly database: Database;
  readonly emptying: string;
  /** Told every statement of whoever has it. */
  listener: StatementListener;
}

const silent: StatementListener = () => undefined;

/** The databases of one kind that a worker has. */
class Recycled {
  readonly #open: (onStatement: StatementListener) => Promise<Database>;
  readonly #idle: Made[] = [];

  constructor(open: (onStatement: StatementListener) => Promise<Database>) {
    this.#open = open;
  }

  /** An empty database with all migrations. */
  async takeDatabase(): Promise<TakenDatabase> {
    const made = await this.#take();
    return {
      database: made.database,
      openDirectory: (onStatement = silent) => openIn(made, onStatement, () => undefined),
      query: (...statement) => made.database.query(...statement),
      empty: () => script(made.database, made.emptying),
      giveBack: () => this.#giveBack(made),
    };
  }

  /** A directory in a database of its own, which is given back when the directory is closed. */
  async takeDirectory(onStatement: StatementListener = silent): Promise<OpenDirectory> {
    const made = await this.#take();
    return openIn(made, onStatement, () => this.#giveBack(made));
  }

  async #take(): Promise<Made> {
    const used = this.#idle.pop();
    if (used === undefined) return this.#make();
    await script(used.database, used.emptying);
    return used;
  }

  #giveBack(made: Made): void {
    made.listener = silent;
    this.#idle.push(made);
  }

  /** It stays open until the worker ends. */
  async #make(): Promise<Made> {
    const made = { listener: silent };
    const database = await this.#open((sql) => made.listener(sql));
    return Object.assign(made, { database, emptying: await emptyingOf(database) });
  }
}

/** Databases in folders, which go with those of the whole run. */
const inFolders = new Recycled(async (onStatement) => {
  const dataDir = await mkdtemp(join(folderOfTheRun(), 'recycled-'));
  await putEmptyDirectory(dataDir);
  return openEmbeddedDatabase(dataDir, migrate, { onStatement });
});

/** Databases on the server of the worker. */
const onServer = new Recycled(async (onStatement) =>
  openServerDatabase(await (await sharedPostgres()).createMigrated(), { onStatement }),
);

export const takeDatabase = (): Promise<TakenDatabase> => inFolders.takeDatabase();
export const takeServerDatabase = (): Promise<TakenDatabase> => onServer.takeDatabase();
export const takeDirectory = (onStatement?: StatementListener): Promise<OpenDirectory> =>
  inFolders.takeDirectory(onStatement);
export const takeServerDirectory = (onStatement?: StatementListener): Promise<OpenDirectory> =>
  onServer.takeDirectory(onStatement);

/** A directory whose closing is told, and leaves the database open. */
function openIn(made: Made, onStatement: StatementListener, closed: () => void): Promise<OpenDirectory> {
  made.listener = onStatement;
  const lent = lentOf(made.database, closed);
  return directoryIn(lent, catalog);
}

function lentOf(database: Database, closed: () => void): Database {
  return {
    adapter: database.adapter,
    exclusive: database.exclusive,
    get long() {
      return database.long;
    },
    batch: database.batch,
    query: (...statement) => database.query(...statement),
    transaction: (...work) => database.transaction(...work),
    withLock: (work) => database.withLock(work),
    ping: () => database.ping(),
    close: async () => closed(),
  };
}

async function script({ adapter }: Database, text: string): Promise<void> {
  const connection = await adapter.connect();
  await connection.executeScript(text);
  await connection.dispose();
}

/** The statements that make a database what `database` is now, with no triggers and no order of tables in the way. */
async function emptyingOf(database: Database): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  );
  const sequences = await database.query<{ name: string }>(
    `SELECT format('%I', sequencename) AS name FROM pg_sequences WHERE schemaname = 'public'`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const [kept] = await database.query<{ rows: string | null }>(
      `SELECT quote_literal(jsonb_agg(to_jsonb(each))::text) AS rows FROM ${name} AS each`,
    );
    if (kept?.rows == null) continue;
    rows.push(
      `INSERT INTO ${name} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::${name}, ${kept.rows})`,
    );
  }
  return [
    'BEGIN',
    'SET LOCAL session_replication_role = replica',
    ...tables.map(({ name }) => `DELETE FROM ${name}`),
    ...rows,
    ...sequences.map(({ name }) => `ALTER SEQUENCE ${name} RESTART`),
    'COMMIT',
  ].join(';\n');
}
