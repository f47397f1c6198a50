import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { migrate, migrateTo, prismaFolder, readApplied } from '../../src/directory/prisma/migrate.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

// A migration that is cut off, by the end of its process or of its connections, has made nothing, or is recorded: the next start goes on.

const catalog = await openCatalog();
/** So many migrations are still to be made. */
const LACKING = 3;
let names: readonly string[];
/** URL of a database that lacks them. */
let older: string;

beforeAll(async () => {
  const folder = join(prismaFolder(), 'migrations');
  names = (await readdir(folder)).filter((name) => /^\d/.test(name)).sort();
  const { createHash } = await import('node:crypto');
  const wanted = await Promise.all(
    names.slice(0, -LACKING).map(async (name) => {
      const script = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
  older = await (await sharedPostgres()).createDatabase();
  const database = openServerDatabase(older);
  await migrateTo(database, wanted);
  await database.close();
}, 120_000);

const copyOfOlder = async (): Promise<string> => (await sharedPostgres()).createDatabase(older);

/** Every migration is there once, and a directory works on it. */
async function expectWhole(url: string): Promise<void> {
  const database = openServerDatabase(url);
  const applied = await readApplied(database);
  expect(applied.map(({ name, finished }) => [name, finished])).toEqual(names.map((name) => [name, true]));
  await database.close();
  const directory = await openDirectory({ kind: 'server', url }, catalog);
  const { revision } = await directory.apply({ accounts: [{ id: '111111111111', name: 'whole' }] });
  expect(revision).toBe(1n);
  expect((await directory.check()).faults).toEqual([]);
  await directory.close();
}

/** How many statements the migrations take, until `last` of them may be sent: then the process is as good as gone. */
async function migrateUntil(url: string, last: number): Promise<number> {
  let count = 0;
  const database = openServerDatabase(url, {
    onStatement: () => {
      count += 1;
      if (count > last) throw new Error('the process has ended');
    },
  });
  await migrate(database).catch(() => undefined);
  await database.close().catch(() => undefined);
  return count;
}

test('wherever it is cut off between two statements, the next start makes it whole', async () => {
  const all = await migrateUntil(await copyOfOlder(), Number.POSITIVE_INFINITY);
  expect(all).toBeGreaterThan(10);
  // The scripts and what records them are behind the first third.
  const cuts = Array.from({ length: 8 }, (_, index) => Math.round((all * (index + 2)) / 10));
  for (const cut of cuts) {
    const url = await copyOfOlder();
    await migrateUntil(url, cut);
    const database = openServerDatabase(url);
    await migrate(database);
    await database.close();
    await expectWhole(url);
  }
}, 120_000);

describe('while its tables are held by others', () => {
  /** Holds a table that the migrations change, and ends connections. */
  async function holding(url: string) {
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query('BEGIN');
    await client.query('LOCK TABLE "DirectoryChange", "AuditEvent", "User" IN ACCESS EXCLUSIVE MODE');
    const watcher = new Client({ connectionString: url });
    await watcher.connect();
    onTestFinished(() => watcher.end());
    const waiting = async (kind: 'relation' | 'advisory'): Promise<readonly number[]> => {
      const { rows } = await watcher.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = $1`,
        [kind],
      );
      return rows.map(({ pid }) => pid);
    };
    return {
      /** Resolves when a process waits for what `kind` says. */
      until: async (kind: 'relation' | 'advisory'): Promise<void> => {
        for (let tries = 0; (await waiting(kind)).length === 0; tries += 1) {
          if (tries > 500) throw new Error(`nobody waits for ${kind}`);
          await delay(20);
        }
      },
      /** Ends the connections of those who wait for a table, and of who holds the lock of migrations. */
      endMigrating: () =>
        watcher.query(
          `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE datname = current_database() AND (wait_event = 'relation'
             OR EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted))`,
        ),
      release: () => client.query('ROLLBACK'),
    };
  }

  test('one that loses its connections says so, and another one that waits makes it', async () => {
    const url = await copyOfOlder();
    const held = await holding(url);
    const [first, second] = [openServerDatabase(url), openServerDatabase(url)];
    const lost = migrate(first).then(
      () => null,
      (error: unknown) => error,
    );
    await held.until('relation');
    let isDone = false;
    const made = (async () => {
      await migrate(second);
      isDone = true;
    })();
    await held.until('advisory');
    await held.endMigrating();
    expect(await lost).toMatchObject({ code: expect.stringMatching(/^(MIGRATION_FAILED|DIRECTORY_UNAVAILABLE)$/) });
    expect(isDone).toBe(false);
    await held.release();
    await made;
    await Promise.all([first.close(), second.close()]);
    await expectWhole(url);
  });
});
