import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

// A connection to a server takes one statement at a time: the driver's own queue is deprecated.

let database: Database;
let running = 0;
let most = 0;
const statements: string[] = [];

beforeAll(async () => {
  const url = await (await sharedPostgres()).createDatabase();
  database = openServerDatabase(url, {
    onStatement: (statement) => {
      most = Math.max(most, ++running);
      statements.push(statement);
      return () => void running--;
    },
  });
  await database.query('CREATE TABLE "Row" ("id" TEXT PRIMARY KEY)');
}, 60_000);
afterAll(() => database.close());

test('the statements of a transaction follow one another, whoever begins them', async () => {
  statements.length = 0;
  const [first, , last] = await database.transaction('write', ({ query, copy }) =>
    Promise.all([
      query<{ readonly count: string }>('SELECT count(*) FROM "Row"'),
      copy('Row', ['id'], 'one\ntwo\n'),
      query<{ readonly count: string }>('SELECT count(*) FROM "Row"'),
    ]),
  );
  expect([first, last]).toEqual([[{ count: '0' }], [{ count: '2' }]]);
  expect(most).toBe(1);
  expect(statements).toHaveLength(5);
});

test('a transaction that fails is rolled back after what was begun, and nothing of it is there', async () => {
  const failing = database.transaction('write', async ({ query, copy }) => {
    const begun = [copy('Row', ['id'], 'three\n'), query('SELECT * FROM "Nowhere"'), query('SELECT 1')];
    for (const each of begun) each.catch(() => undefined);
    throw new Error('given up');
  });
  await expect(failing).rejects.toThrow('given up');
  expect(most).toBe(1);
  expect(statements.at(-1)).toBe('ROLLBACK');
  expect(await database.query('SELECT "id" FROM "Row" ORDER BY "id"')).toEqual([{ id: 'one' }, { id: 'two' }]);
});
