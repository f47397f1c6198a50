import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { migrate } from '../../src/directory/prisma/migrate.ts';
import { directoryIn, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { storageFailureOf } from '../../src/directory/prisma/storage-failure.ts';
import { endAtTraps, type MainLoop, ONCE } from '../../src/directory/prisma/trap-guard.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

vi.setConfig({ testTimeout: 120_000 });

const catalog = await openCatalog();
/** Programs of the system, where it has them. */
const [MOUNT, UNMOUNT] = ['mount', 'umount'];

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rolegate-storage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function aMadeFolder(): Promise<string> {
  const dataDir = await aFolder();
  await putEmptyDirectory(dataDir);
  return dataDir;
}

const open = (dataDir: string) => openDirectory({ kind: 'embedded', dataDir }, catalog);
const USER = { users: [{ arn: 'arn:aws:iam::111111111111:user/alice' }] };
const FULL = {
  code: 'DIRECTORY_FULL',
  message: "there is no space left for the directory's database: nothing can be changed until there is",
};

test('the codes of the database, of the system and of Prisma say what has failed', () => {
  const withCode = (code: string) => Object.assign(new Error('x'), { code });
  expect(storageFailureOf(withCode('53100'))).toBe('full');
  expect(storageFailureOf(withCode('ENOSPC'))).toBe('full');
  expect(storageFailureOf(withCode('XX001'))).toBe('damaged');
  expect(storageFailureOf(withCode('58P01'))).toBe('damaged');
  expect(storageFailureOf(withCode('EIO'))).toBe('failing');
  expect(storageFailureOf(new Error('x', { cause: { originalCode: 'XX002', kind: 'postgres' } }))).toBe('damaged');
  expect(storageFailureOf(withCode('23505'))).toBeNull();
});

describe.each([
  ['in a folder', async () => openEmbeddedDatabase(await aMadeFolder(), migrate)],
  ['on a server', async () => openServerDatabase(await (await sharedPostgres()).createMigrated())],
] as const)('a database without space, %s', (_where, opened) => {
  test('says so, is not ready while nothing can be written, and is again when it can', async () => {
    const database: Database = await opened();
    onTestFinished(() => database.close());
    // In the place of a full disk: PostgreSQL refuses the write with the same code.
    await database.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`);
    await database.query(`CREATE TRIGGER refuse BEFORE UPDATE ON "DirectoryState" EXECUTE FUNCTION refuse()`);
    await database.ping();
    const write = database.transaction('write', (sql) => sql.query('UPDATE "DirectoryState" SET revision = 7'));
    await expect(write).rejects.toMatchObject(FULL);
    await expect(database.ping()).rejects.toMatchObject(FULL);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.query('DROP TRIGGER refuse ON "DirectoryState"');
    await database.ping();
  });
});

describe('a folder', () => {
  test.each([
    ['its log', (db: string) => rm(join(db, 'pg_wal'), { recursive: true })],
    [
      'the files of its log',
      async (db: string) => {
        await rm(join(db, 'pg_wal'), { recursive: true });
        await mkdir(join(db, 'pg_wal'));
      },
    ],
    ['what controls it', (db: string) => writeFile(join(db, 'global/pg_control'), Buffer.alloc(8192, 7))],
    ['its version', (db: string) => rm(join(db, 'PG_VERSION'))],
  ])('that has lost %s is refused with a sentence, and left as it is', async (_what, damage) => {
    const dataDir = await aMadeFolder();
    await damage(join(dataDir, 'db'));
    const refused = {
      code: 'DATA_DIR_DAMAGED',
      message: expect.stringMatching(/^the database in `.*db` cannot be opened: files of it are damaged or missing\. /),
    };
    await expect(open(dataDir)).rejects.toMatchObject(refused);
    await expect(open(dataDir)).rejects.toMatchObject(refused);
  });

  test('with a damaged table says so where it is read, and a check names the table', async () => {
    const dataDir = await aMadeFolder();
    const made = await openEmbeddedDatabase(dataDir, migrate);
    await made.query(
      `INSERT INTO "PolicyDocument" (hash, text) SELECT 'h' || g, repeat('x', 500) FROM generate_series(1, 500) g`,
    );
    const [row] = await made.query<{ path: string }>(`SELECT pg_relation_filepath('"PolicyDocument"') AS path`);
    await made.query('CHECKPOINT');
    await made.close();
    const file = openSync(join(dataDir, 'db', row?.path ?? ''), 'r+');
    writeSync(file, Buffer.alloc(8192, 0xab), 0, 8192, 8192);
    closeSync(file);
    const directory = await open(dataDir);
    onTestFinished(() => directory.close());
    const { faults, documents } = await directory.check();
    expect(faults[0]).toMatch(/^PolicyDocument, blocks 0 to 7: cannot be read: invalid page in block 1 of relation /);
    expect(documents).toBeLessThan(500);
    await expect(directory.ping()).rejects.toMatchObject({ code: 'DIRECTORY_DAMAGED' });
    // A minute after it was last met.
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_001);
    onTestFinished(() => void vi.restoreAllMocks());
    await directory.ping();
  });

  test('whose log goes away while it is used keeps nobody waiting, and goes on once it is back', async () => {
    const dataDir = await aMadeFolder();
    const database = await openEmbeddedDatabase(dataDir, migrate);
    const directory = await directoryIn(database, catalog);
    onTestFinished(() => directory.close());
    await directory.apply(USER);
    const kept = await directory.revision();
    const wal = join(dataDir, 'db/pg_wal');
    await rename(wal, `${wal}.away`);
    // More than a file of the log holds: the next one cannot be made, and PostgreSQL ends itself.
    const fill = database.query(
      `INSERT INTO "PolicyDocument" (hash, text)
       SELECT g::text, (SELECT string_agg(md5(g::text || i), '') FROM generate_series(1, 40) i) FROM generate_series(1, 20000) g`,
    );
    const damaged = { code: 'DIRECTORY_DAMAGED' };
    await expect(fill).rejects.toMatchObject(damaged);
    await expect(directory.ping()).rejects.toMatchObject(damaged);
    await expect(directory.apply(USER)).rejects.toMatchObject(damaged);
    const now = vi.spyOn(Date, 'now');
    onTestFinished(() => now.mockRestore());
    // It is opened again at most every five seconds: the first try fails, and another one comes later.
    now.mockReturnValue(Date.now() + 60_000);
    await expect(directory.ping()).rejects.toMatchObject(damaged);
    await rename(`${wal}.away`, wal);
    await expect(directory.ping()).rejects.toMatchObject(damaged);
    now.mockReturnValue(Date.now() + 120_000);
    await directory.ping();
    expect(await directory.userArns({ limit: 10 })).toEqual(['arn:aws:iam::111111111111:user/alice']);
    expect(await directory.revision()).toBe(kept);
    const after = await directory.apply({ users: [{ arn: 'arn:aws:iam::111111111111:user/bob' }] });
    expect(after.changed).toBe(true);
    expect(await directory.check()).toMatchObject({ faults: [] });
  });
});

/** A file system of 96 MiB; null: this user may not mount one. */
async function smallFileSystem(): Promise<string | null> {
  const folder = await aFolder();
  try {
    execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync(UNMOUNT, [folder]));
  return folder;
}

test('a full file system: refused with a sentence, read as before, and written again when there is space', async ({
  skip,
}) => {
  const folder = await smallFileSystem();
  if (folder === null) {
    skip('only root can mount a small file system');
    return;
  }
  const dataDir = join(folder, 'data');
  await putEmptyDirectory(dataDir);
  const directory = await open(dataDir);
  const { bavail, bsize } = await statfs(folder);
  await writeFile(join(folder, 'fill'), Buffer.alloc(bavail * bsize - 65_536));
  const many = (prefix: string) => ({
    users: Array.from({ length: 2_000 }, (_, at) => ({ arn: `arn:aws:iam::111111111111:user/${prefix}${at}` })),
  });
  await expect(directory.apply(many('a'))).rejects.toMatchObject(FULL);
  await expect(directory.ping()).rejects.toMatchObject(FULL);
  expect(await directory.userArns({ limit: 10 })).toEqual([]);
  await rm(join(folder, 'fill'));
  await directory.ping();
  expect((await directory.apply(many('b'))).changed).toBe(true);
  await directory.close();
});

test('a database that is caught in a trap ends, and keeps nobody waiting', async () => {
  const database = new PGlite();
  await database.waitReady;
  const loop: MainLoop = Reflect.get(database, 'mod');
  const { [ONCE]: once } = loop;
  let isCaught = false;
  // In place of a fault in its code. PGlite calls this until the message is read, and it is never read.
  loop[ONCE] = () => {
    if (isCaught) throw new WebAssembly.RuntimeError('unreachable');
    return once();
  };
  const told: string[] = [];
  endAtTraps(loop, (trap) => {
    told.push(trap.message);
    return new Error('the database has ended');
  });
  expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await expect(database.query('SELECT 1/0')).rejects.toThrow('division by zero');
  isCaught = true;
  await expect(database.query('SELECT 1')).rejects.toThrow('the database has ended');
  expect(told).toContain('unreachable');
});

test('a new file of the log of a folder is not filled with zeros, which would keep the process', async () => {
  const database = await openEmbeddedDatabase(await aMadeFolder(), migrate);
  onTestFinished(() => database.close());
  expect(await database.query('SHOW wal_init_zero')).toEqual([{ wal_init_zero: 'off' }]);
});
