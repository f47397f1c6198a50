import { expect, it } from 'vitest';
import { copyLine } from '../../src/directory/prisma/copy.ts';
import type { WritingSql } from '../../src/directory/prisma/database.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { takeDatabase, takeServerDatabase } from '../support/recycled-database.ts';

const COLUMNS = ['hash', 'text'];
/** What is a sign of its own in lines of COPY, and what only looks like one. */
const TEXTS = ['a\tb', 'a\nb\r\n', '\\N', '\\.', '\\', '\\t', '', '"', '{"a":"\\u0000"}', '\u{1f600}\u202e', ' NULL '];

it.each([
  ['in a folder', takeDatabase],
  ['on a server', takeServerDatabase],
])('texts are copied as they are, and a failure leaves nothing, %s', async (_where, take) => {
  const taken = await take();
  const { database } = taken;
  const lines = TEXTS.map((text, index) => copyLine({ hash: String(index), text }, COLUMNS)).join('');
  const copy = (sql: WritingSql): Promise<void> => sql.copy('PolicyDocument', COLUMNS, lines);
  const twice = database.transaction('write', async (sql) => {
    await copy(sql);
    await copy(sql);
  });
  await expect(twice).rejects.toMatchObject({ code: '23505' });
  await database.transaction('write', copy);
  const rows = await database.query<{ text: string }>('SELECT text FROM "PolicyDocument" ORDER BY hash::int');
  expect(rows.map(({ text }) => text)).toEqual(TEXTS);
  taken.giveBack();
});

it('who listens to the statements of a server is told that rows are copied when they are, or cannot be', async () => {
  const ended: string[] = [];
  const isCopied = (): boolean => ended.some((statement) => statement.startsWith('COPY'));
  const database = openServerDatabase(await (await sharedPostgres()).createMigrated(), {
    onStatement: (statement) => () => ended.push(statement),
  });
  const line = copyLine({ hash: 'h', text: 't' }, COLUMNS);
  const copyOnce = database.transaction('write', async (sql) => {
    const copied = sql.copy('PolicyDocument', COLUMNS, line);
    expect(isCopied()).toBe(false);
    await copied;
    expect(isCopied()).toBe(true);
  });
  await copyOnce;
  ended.length = 0;
  const again = database.transaction('write', (sql) => sql.copy('PolicyDocument', COLUMNS, line));
  await expect(again).rejects.toMatchObject({ code: '23505' });
  expect(isCopied()).toBe(true);
  await database.close();
});
