/** Look-ups on a server are planned once on each connection, and answered as before where a connection does not keep what was prepared. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readAccountRows } from '../../src/directory/gather/account-rows.ts';
import { readDocuments, readEntityRows } from '../../src/directory/gather/rows.ts';
import type { Database, Sql } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { A } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const NAMES = { users: [], roles: [], sessions: [], resources: [], policies: [], federated: [], endpoints: [] };
const KEPT =
  'SELECT name, generic_plans::int AS kept, custom_plans::int AS made FROM pg_prepared_statements ORDER BY name';

let database: Database;
const statements: string[] = [];

async function open(): Promise<void> {
  database = openServerDatabase(await (await sharedPostgres()).createMigrated(), {
    onStatement: (sql) => void statements.push(sql),
  });
}

afterEach(async () => {
  await database.close();
});

async function connectionOf(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return row?.pid ?? 0;
}

async function everything(sql: Sql): Promise<string> {
  const { revision } = await readEntityRows(sql, NAMES, 0n, 0);
  await readAccountRows(sql, [A]);
  await readDocuments(sql, ['none']);
  return String(revision);
}

test('each is planned once on a connection', async () => {
  await open();
  for (let time = 0; time < 3; time++) expect(await database.transaction('look-up', everything)).toBe('0');
  expect(await database.query(KEPT)).toEqual([
    { name: 'accounts', kept: 3, made: 0 },
    { name: 'documents', kept: 3, made: 0 },
    { name: 'entities', kept: 3, made: 0 },
  ]);
  // Nothing of it outlasts the transaction.
  expect(await database.query('SHOW enable_seqscan')).toEqual([{ enable_seqscan: 'on' }]);
  expect(await database.query('SHOW plan_cache_mode')).toEqual([{ plan_cache_mode: 'auto' }]);
});

test('the next look-up is on a connection that has its plans, whichever was used last', async () => {
  await open();
  const planned = await database.transaction('look-up', connectionOf);
  const last = await database.transaction('read', (first) =>
    database.transaction('read', async (second) => {
      expect(await connectionOf(first)).toBe(planned);
      return connectionOf(second);
    }),
  );
  expect(last).not.toBe(planned);
  for (let time = 0; time < 3; time++) {
    expect(await database.transaction('look-up', connectionOf)).toBe(planned);
    await Promise.all([database.transaction('read', connectionOf), database.transaction('read', connectionOf)]);
  }
});

test('what is read beside look-ups is not prepared', async () => {
  await open();
  await database.transaction('read', everything);
  await everything(database);
  expect(await database.query(KEPT)).toEqual([]);
});

test('where what was prepared is there no more, the look-up is answered, and nothing is prepared from then on', async () => {
  await open();
  await database.transaction('look-up', everything);
  await onItsConnection('DEALLOCATE ALL');
  statements.length = 0;
  expect(await database.transaction('look-up', everything)).toBe('0');
  expect(statements.filter((sql) => sql.startsWith('BEGIN'))).toHaveLength(2);
  statements.length = 0;
  expect(await database.transaction('look-up', everything)).toBe('0');
  expect(statements).toHaveLength(5);
  expect(statements[0]).toBe('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  expect(await database.query(KEPT)).toEqual([]);
});

test('so it is where another has prepared something under the name', async () => {
  await open();
  await onItsConnection('PREPARE accounts AS SELECT 1');
  expect(await database.transaction('look-up', everything)).toBe('0');
  expect(await database.transaction('look-up', everything)).toBe('0');
  expect(await database.query(KEPT)).toMatchObject([{ name: 'accounts', kept: 0 }, { name: 'entities' }]);
});

/** The only one, while nothing is asked at the same time. */
async function onItsConnection(statement: string): Promise<void> {
  const connection = await database.adapter.connect();
  await connection.executeScript(statement);
  await connection.dispose();
}

test('what fails for another reason is not asked again', async () => {
  await open();
  statements.length = 0;
  const failing = database.transaction('look-up', (sql) => sql.query('SELECT 1 / 0'));
  await expect(failing).rejects.toThrow('division by zero');
  expect(statements.filter((sql) => sql.startsWith('BEGIN'))).toHaveLength(1);
});

describe('in a folder', () => {
  const QUOTED = [`it's`, 'a "b"', 'c\\d', '{e,f}', 'ü', ''];
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await newDataDir();
    await putEmptyDirectory(dataDir);
  });
  afterAll(() => removeDataDir(dataDir));

  async function openFolder(): Promise<void> {
    database = await openEmbeddedDatabase(dataDir, async () => undefined, {
      onStatement: (sql) => void statements.push(sql),
    });
  }

  test('each is planned once, and its parameters arrive as they are', async () => {
    await openFolder();
    statements.length = 0;
    for (let time = 0; time < 2; time++) await database.transaction('look-up', everything);
    expect(statements).toHaveLength(10);
    const kept = await database.query<{ name: string; kept: number; made: number }>(KEPT);
    expect(kept.map(({ name, kept: times, made }) => [name, times, made])).toEqual([
      ['accounts', 2, 0],
      ['documents', 2, 0],
      ['entities', 2, 0],
    ]);
    const texts = await database.transaction('look-up', (sql) =>
      sql.query('SELECT $1::text[] AS list, $2::text AS one, $3::text AS none', [QUOTED, `'"\\`, null], 'echo'),
    );
    expect(texts).toEqual([{ list: QUOTED, one: `'"\\`, none: null }]);
    expect(await database.query('SHOW enable_seqscan')).toEqual([{ enable_seqscan: 'on' }]);
  });

  test('one that cannot be written is not cut off at what would end it', async () => {
    await openFolder();
    const cut = database.transaction('look-up', (sql) => sql.query('SELECT $1::text AS one', ['a\0b'], 'echo'));
    await expect(cut).rejects.toThrow('invalid byte sequence');
  });

  test('where one is there no more, the look-up is answered, and none is prepared from then on', async () => {
    await openFolder();
    await database.transaction('look-up', everything);
    await database.query('DEALLOCATE ALL');
    expect(await database.transaction('look-up', everything)).toBe('0');
    expect(await database.transaction('look-up', everything)).toBe('0');
    expect(await database.query(KEPT)).toEqual([]);
  });
});
