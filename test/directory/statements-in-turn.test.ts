import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, WritingSql } from '../../src/directory/prisma/database.ts';
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
  const [first, , last] = await database.transaction('write', (sql) =>
    Promise.all([
      sql.query<{ readonly count: string }>('SELECT count(*) FROM "Row"'),
      sql.copy('Row', ['id'], 'one\ntwo\n'),
      sql.query<{ readonly count: string }>('SELECT count(*) FROM "Row"'),
    ]),
  );
  expect([first, last]).toEqual([[{ count: '0' }], [{ count: '2' }]]);
  expect(most).toBe(1);
  expect(statements).toHaveLength(5);
});

test('a transaction that fails is rolled back after what was begun, and nothing of it is there', async () => {
  const failing = database.transaction('write', async (sql) => {
    const begun = [sql.copy('Row', ['id'], 'three\n'), sql.query('SELECT * FROM "Nowhere"'), sql.query('SELECT 1')];
    for (const each of begun) each.catch(() => undefined);
    throw new Error('given up');
  });
  await expect(failing).rejects.toThrow('given up');
  expect(most).toBe(1);
  expect(statements.at(-1)).toBe('ROLLBACK');
  expect(await database.query(`SELECT "id" FROM "Row" WHERE "id" = 'three'`)).toEqual([]);
});

test.each(['COMMIT', 'ROLLBACK'])(
  'a statement that comes after %s is refused: it would be outside the transaction',
  async (end) => {
    let kept: WritingSql | null = null;
    const ended = database.transaction('write', async (sql) => {
      kept = sql;
      await sql.query('SELECT 1');
      if (end === 'ROLLBACK') throw new Error('given up');
    });
    const [{ status }] = await Promise.allSettled([ended]);
    expect([status, statements.at(-1)]).toEqual([end === 'COMMIT' ? 'fulfilled' : 'rejected', end]);
    const late = (kept as WritingSql | null)?.query(`INSERT INTO "Row" VALUES ('late')`);
    await expect(late).rejects.toThrow('a statement came after the end of its transaction');
    expect(await database.query(`SELECT "id" FROM "Row" WHERE "id" = 'late'`)).toEqual([]);
  },
);
