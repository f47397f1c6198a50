import type { Sql } from '../prisma/database.ts';
import type { ChangeSet, Row } from './change-set.ts';
import { TABLES, type Table, type TableName } from './tables.ts';

/** Most rows of one statement: bounds the memory that the database needs to read them. */
const ROWS = 2_000;

function quoted(columns: readonly string[], prefix = ''): string {
  return columns.map((column) => `${prefix}"${column}"`).join(', ');
}

function recordset(table: Table, columns: readonly string[]): string {
  return `jsonb_to_recordset($1::text::jsonb) AS r(${columns.map((each) => `"${each}" ${String(table.columns[each])}`).join(', ')})`;
}

function upsertStatement(name: TableName): string {
  const table: Table = TABLES[name];
  const columns = Object.keys(table.columns);
  const others = columns.filter((column) => !table.key.includes(column));
  const update =
    others.length === 0 || name === 'PolicyDocument'
      ? 'DO NOTHING'
      : `DO UPDATE SET ${others.map((column) => `"${column}" = EXCLUDED."${column}"`).join(', ')}`;
  return `INSERT INTO "${name}" (${quoted(columns)}) SELECT ${quoted(columns, 'r.')} FROM ${recordset(table, columns)}
    ON CONFLICT (${quoted(table.key)}) ${update}`;
}

function deleteStatement(name: TableName): string {
  const table: Table = TABLES[name];
  const matches = table.key.map((column) => `t."${column}" = r."${column}"`).join(' AND ');
  return `DELETE FROM "${name}" t USING ${recordset(table, table.key)} WHERE ${matches}`;
}

async function forRows(sql: Sql, statement: string, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) {
    await sql.query(statement, [JSON.stringify(rows.slice(from, from + ROWS))]);
  }
}

/** Deletions that wait until nothing refers to the rows any more. */
const DELETED_LAST: ReadonlySet<TableName> = new Set(['OrganizationalUnit', 'ManagedPolicy']);

/**
 * Writes a change set: renames (the plan knows the new ids), then deletions, then every
 * table after those it refers to.
 * `onRows` is told how many rows are done.
 */
export async function writeChanges(sql: Sql, changes: ChangeSet, onRows: (done: number) => void): Promise<void> {
  let done = 0;
  const advance = (rows: number): void => {
    done += rows;
    onRows(done);
  };
  for (const [table, renames] of changes.renames) {
    await forRows(
      sql,
      `UPDATE "${table}" t SET id = r."to" FROM jsonb_to_recordset($1::text::jsonb) AS r("from" text, "to" text)
        WHERE t.id = r."from"`,
      renames.map((each) => ({ ...each })),
    );
  }
  for (const [table, keys] of changes.deletions) {
    if (!DELETED_LAST.has(table)) await forRows(sql, deleteStatement(table), keys);
  }
  await forRows(sql, upsertStatement('PolicyDocument'), changes.documents);
  // TABLES is in the order of their references.
  for (const table of Object.keys(TABLES) as TableName[]) {
    const rows = changes.upserts.get(table) ?? [];
    await forRows(sql, upsertStatement(table), rows);
    if (rows.length > 0) advance(rows.length);
  }
  await deleteUnits(sql, changes.deletions.get('OrganizationalUnit') ?? []);
  await forRows(sql, deleteStatement('ManagedPolicy'), changes.deletions.get('ManagedPolicy') ?? []);
}

/** Units deleted together may be parents of each other. */
async function deleteUnits(sql: Sql, keys: readonly Row[]): Promise<void> {
  if (keys.length === 0) return;
  const ids = keys.map((key) => String(key['id']));
  await sql.query(`UPDATE "OrganizationalUnit" SET "parentId" = NULL WHERE id = ANY($1::text[])`, [ids]);
  await sql.query(`DELETE FROM "OrganizationalUnit" WHERE id = ANY($1::text[])`, [ids]);
}

export function countRows(changes: ChangeSet): number {
  let count = 0;
  for (const rows of changes.upserts.values()) count += rows.length;
  return count;
}
