import { InvalidInput } from '../../policy/errors.ts';
import { copyLine } from '../prisma/copy.ts';
import type { Sql, WritingSql } from '../prisma/database.ts';
import { isStorable } from '../storable.ts';
import { batchesOf, batchesWithDependents, inBatches, inBatchesAhead, inTurn, readInBatches } from './batches.ts';
import type { ChangeSet, Row } from './change-set.ts';
import { TABLES, type Table, type TableName } from './tables.ts';
import { UNSTORABLE } from './unique.ts';

const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/;

function quoted(columns: readonly string[], prefix = ''): string {
  return columns.map((column) => `${prefix}"${column}"`).join(', ');
}

function recordset(table: Table, columns: readonly string[]): string {
  return `json_to_recordset($1::text::json) AS r(${columns.map((each) => `"${each}" ${String(table.columns[each])}`).join(', ')})`;
}

function upsertStatement(name: TableName): string {
  const table: Table = TABLES[name];
  const columns = Object.keys(table.columns);
  const others = columns.filter((column) => !table.key.includes(column));
  const update =
    others.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${others.map((column) => `"${column}" = EXCLUDED."${column}"`).join(', ')}`;
  return `INSERT INTO "${name}" (${quoted(columns)}) SELECT ${quoted(columns, 'r.')} FROM ${recordset(table, columns)}
    ON CONFLICT (${quoted(table.key)}) ${update}`;
}

/** Writes rows over those with the same keys. */
export function upsertRows(sql: Sql, name: TableName, rows: readonly Row[]): Promise<void> {
  return forRows(sql, name, upsertStatement(name), rows);
}

function deleteStatement(name: TableName): string {
  const table: Table = TABLES[name];
  const matches = table.key.map((column) => `t."${column}" = r."${column}"`).join(' AND ');
  return `DELETE FROM "${name}" t USING ${recordset(table, table.key)} WHERE ${matches}`;
}

/** The row that cannot be stored, as an error names it. */
function nameOf(name: TableName, row: Row): string {
  const { key }: Table = TABLES[name];
  const columns = 'arn' in row ? ['arn'] : key;
  return `${name} ${columns.map((column) => String(row[column])).join(' ')}`;
}

function checkStorable(name: TableName, rows: readonly Row[]): void {
  for (const row of rows) {
    // JSON.stringify writes U+0000 and halves of surrogate pairs as escapes; a backslash before one would be doubled.
    if (!UNSTORABLE_ESCAPE.test(JSON.stringify(row).replaceAll('\\\\', ''))) continue;
    throw new InvalidInput('document', `${nameOf(name, row)}: ${UNSTORABLE}`);
  }
}

/** Rows as one parameter. Throws InvalidInput for a text in them that PostgreSQL cannot store. */
function parameterOf(name: TableName, rows: readonly Row[]): string {
  const text = JSON.stringify(rows);
  if (UNSTORABLE_ESCAPE.test(text)) checkStorable(name, rows);
  return text;
}

async function forRows(
  sql: Sql,
  name: TableName,
  statement: string,
  rows: readonly Row[],
  batches: Pick<Sql, 'batch'> = sql,
): Promise<void> {
  await inBatches(batches, rows, async (part) => {
    await sql.query(statement, [parameterOf(name, part)]);
  });
}

/** Rows of one statement of COPY, in its text form. */
export interface CopiedRows {
  readonly table: TableName;
  readonly rows: number;
  readonly lines: string;
}

/** Makes rows ready to be copied: work for this process alone, which it can do while the database takes what is before them. */
export async function rowsToCopy(
  sql: Pick<Sql, 'batch'>,
  table: TableName,
  rows: readonly Row[],
): Promise<readonly CopiedRows[]> {
  const copied: CopiedRows[] = [];
  await inBatches(sql, rows, async (part) => {
    copied.push(copiedRows(table, part));
  });
  return copied;
}

export function copyRows(sql: WritingSql, { table, lines }: CopiedRows): Promise<void> {
  return sql.copy(table, Object.keys(TABLES[table].columns), lines);
}

/** Adds rows. */
function addRows(sql: WritingSql, table: TableName, rows: readonly Row[]): Promise<void> {
  return inBatchesAhead(
    sql,
    rows,
    (part) => copiedRows(table, part),
    (part) => copyRows(sql, part),
  );
}

function copiedRows(table: TableName, rows: readonly Row[]): CopiedRows {
  return { table, rows: rows.length, lines: linesOf(table, rows) };
}

/** Rows as lines of COPY. Throws InvalidInput for a text in them that PostgreSQL cannot store. */
function linesOf(name: TableName, rows: readonly Row[]): string {
  const columns = Object.keys(TABLES[name].columns);
  const lines = rows.map((row) => copyLine(row, columns)).join('');
  // In a column of JSON it is an escape.
  if (UNSTORABLE_ESCAPE.test(lines) || !isStorable(lines)) checkStorable(name, rows);
  return lines;
}

const DOCUMENT_COLUMNS = Object.keys(TABLES.PolicyDocument.columns);

/** Texts of policies, which can be stored, as lines of COPY by their hashes. */
export async function documentsToCopy(documents: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const lines = new Map<string, string>();
  await inTurn(documents, (row) => lines.set(String(row['hash']), copyLine(row, DOCUMENT_COLUMNS)));
  return lines;
}

/**
 * Texts that are not there, ready to be copied. One that is there is used again, so that nothing removes it for not having been
 * used. INVARIANT: nobody else writes any meanwhile.
 */
export async function newDocuments(
  sql: WritingSql,
  lines: ReadonlyMap<string, string>,
): Promise<readonly CopiedRows[]> {
  const stored = await readInBatches(sql, [...lines.keys()], (part) =>
    sql.query<{ hash: string; isUnused: boolean }>(
      `SELECT hash, "unreferencedSince" IS NOT NULL AS "isUnused" FROM "PolicyDocument" WHERE hash = ANY($1::text[])`,
      [part],
    ),
  );
  const unused = stored.flatMap(({ hash, isUnused }) => (isUnused ? [hash] : []));
  await inBatches(sql, unused, async (part) => {
    await sql.query(`UPDATE "PolicyDocument" SET "unreferencedSince" = NULL WHERE hash = ANY($1::text[])`, [part]);
  });
  const there = new Set(stored.map(({ hash }) => hash));
  const added = Array.from(lines).flatMap(([hash, line]) => (there.has(hash) ? [] : [line]));
  return Array.from(
    batchesOf(sql, added, ({ length }) => length),
    (part) => ({ table: 'PolicyDocument', rows: part.length, lines: part.join('') }),
  );
}

/** Deletions that wait until nothing refers to the rows any more. */
const DELETED_LAST: ReadonlySet<TableName> = new Set(['OrganizationalUnit', 'ManagedPolicy']);

/**
 * Writes a change set: renames (the plan knows the new ids), then deletions, then every
 * table after those it refers to.
 * `onRows` is told how many rows are done.
 */
export async function writeChanges(sql: WritingSql, changes: ChangeSet, onRows: (done: number) => void): Promise<void> {
  let done = 0;
  const advance = (rows: number): void => {
    done += rows;
    onRows(done);
  };
  for (const [table, renames] of changes.renames) {
    await forRows(
      sql,
      table,
      `UPDATE "${table}" t SET id = r."to" FROM jsonb_to_recordset($1::text::jsonb) AS r("from" text, "to" text)
        WHERE t.id = r."from"`,
      renames.map((each) => ({ ...each })),
      batchesWithDependents(sql),
    );
  }
  for (const [table, keys] of changes.deletions) {
    if (!DELETED_LAST.has(table)) await forRows(sql, table, deleteStatement(table), keys, batchesWithDependents(sql));
  }
  await inBatches(sql, await changes.documents(), async (part) => {
    for (const added of await newDocuments(sql, await documentsToCopy(part))) await copyRows(sql, added);
  });
  // TABLES is in the order of their references.
  for (const table of Object.keys(TABLES) as TableName[]) {
    const rows = changes.upserts.get(table) ?? [];
    await upsertRows(sql, table, rows);
    const added = changes.inserts.get(table) ?? [];
    await addRows(sql, table, added);
    if (rows.length + added.length > 0) advance(rows.length + added.length);
  }
  await deleteUnits(sql, changes.deletions.get('OrganizationalUnit') ?? []);
  const policies = changes.deletions.get('ManagedPolicy') ?? [];
  await forRows(sql, 'ManagedPolicy', deleteStatement('ManagedPolicy'), policies, batchesWithDependents(sql));
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
  for (const rows of [...changes.upserts.values(), ...changes.inserts.values()]) count += rows.length;
  return count;
}
