import type { Sql } from '../prisma/database.ts';

/** A table of the directory, as the database itself describes it: what a migration adds is in every backup from then on. */
export interface Table {
  readonly name: string;
  /** Those that are stored, in their order. */
  readonly columns: readonly string[];
  /** Columns of its primary key. */
  readonly key: readonly string[];
  /** The tables that its rows name, itself left out. */
  readonly names: readonly string[];
}

/** What belongs to the schema and not to the directory. */
const MIGRATIONS = '_prisma_migrations';

const SELECT_TABLES = `SELECT c.relname AS name,
    (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
    (SELECT json_agg(a.attname ORDER BY k.place) FROM pg_index i
       CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = c.oid AND i.indisprimary) AS key,
    (SELECT coalesce(json_agg(DISTINCT f.relname), '[]') FROM pg_constraint r JOIN pg_class f ON f.oid = r.confrelid
      WHERE r.conrelid = c.oid AND r.contype = 'f' AND r.confrelid <> c.oid) AS names
  FROM pg_class c
 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> $1
 ORDER BY c.relname COLLATE "C"`;

/** All tables, each behind those that its rows name. */
export async function tablesOf(sql: Sql): Promise<readonly Table[]> {
  return inOrder(await sql.query<Table>(SELECT_TABLES, [MIGRATIONS]));
}

function inOrder(tables: readonly Table[]): readonly Table[] {
  const placed: Table[] = [];
  const names = new Set<string>();
  let waiting = tables;
  while (waiting.length > 0) {
    const next = waiting.filter((table) => table.names.every((name) => names.has(name)));
    if (next.length === 0) throw new Error(`tables name each other: ${waiting.map(({ name }) => name).join(', ')}`);
    placed.push(...next);
    for (const { name } of next) names.add(name);
    waiting = waiting.filter(({ name }) => !names.has(name));
  }
  return placed;
}

/** A name as SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
