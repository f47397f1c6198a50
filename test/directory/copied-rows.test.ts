import { expect, it } from 'vitest';
import { copyLine } from '../../src/directory/prisma/copy.ts';
import type { WritingSql } from '../../src/directory/prisma/database.ts';
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
