import type { Database, Sql } from './database.ts';

/** Gathers statistics of tables that have grown much. A server does this by itself, PGlite does not. Between the tables others can ask. */
export async function analyze(database: Database, outgrown: readonly string[]): Promise<void> {
  if (!database.exclusive || outgrown.length === 0) return;
  // A sample of 900 rows: each statement keeps the process.
  await database.query('SET default_statistics_target = 3');
  for (const table of outgrown) await database.query(`ANALYZE "${table}"`);
}

/** Whether nothing that could be asked about is stored. */
export async function isEmpty(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ empty: boolean }>(
    `SELECT NOT EXISTS (SELECT 1 FROM "Account") AND NOT EXISTS (SELECT 1 FROM "Organization")
        AND NOT EXISTS (SELECT 1 FROM "AccessKey") AND NOT EXISTS (SELECT 1 FROM "OwnService")
        AND NOT EXISTS (SELECT 1 FROM "Resource") AS empty`,
  );
  return row?.empty === true;
}
