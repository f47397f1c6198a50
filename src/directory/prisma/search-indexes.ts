import { RolegateError } from '../../policy/errors.ts';
import { NAME_INDEXES, SUBSTRING_INDEXES } from '../find/find-tables.ts';
import type { Database, Sql } from './database.ts';

async function areThere(sql: Sql, indexes: readonly { readonly name: string }[]): Promise<boolean> {
  const [row] = await sql.query<{ found: number }>(
    `SELECT count(*)::int4 AS found FROM unnest($1::text[]) AS i(name) WHERE to_regclass(format('%I', i.name)) IS NOT NULL`,
    [indexes.map(({ name }) => name)],
  );
  return row?.found === indexes.length;
}

/** Whether searches in the middle of a text have an index. Without it they read all rows of their table. */
export function isSearchIndexed(sql: Sql): Promise<boolean> {
  return areThere(sql, SUBSTRING_INDEXES);
}

/**
 * Makes the indexes for searches where they are missing. They are no part of the migrations, because those for the middle of
 * a text need the extension pg_trgm, which not every server has, or lets everybody create: then they are left out, and the
 * next start tries again. https://www.postgresql.org/docs/current/pgtrgm.html
 */
export async function indexSearches(database: Database): Promise<void> {
  if (await areThere(database, [...NAME_INDEXES, ...SUBSTRING_INDEXES])) return;
  await database.withLock(async () => {
    for (const { statement } of NAME_INDEXES) await database.query(statement(''));
    const opclasses = await schemaOfTrigrams(database);
    if (opclasses === null) return;
    for (const { statement } of SUBSTRING_INDEXES) await database.query(statement(opclasses));
  });
}

/** The schema of pg_trgm, which is created where it is missing; null: it cannot be created here. */
async function schemaOfTrigrams(database: Database): Promise<string | null> {
  try {
    await database.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
  } catch (error) {
    if (error instanceof RolegateError) throw error;
    return null;
  }
  const [row] = await database.query<{ name: string }>(
    `SELECT format('%I', n.nspname) AS name FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
      WHERE x.extname = 'pg_trgm'`,
  );
  return row?.name ?? null;
}
