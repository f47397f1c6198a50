import { RolegateError } from '../../policy/errors.ts';
import type { Database, Sql } from '../prisma/database.ts';
import { migrate, migrateTo, readApplied } from '../prisma/migrate.ts';
import { addAuditEvent } from '../stores/audit-events.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import { type ActiveKey, activeKeys, beginLineage, type Ended, endCredentials } from './begin-lineage.ts';
import { type BackupHeader, damaged, objectOf, type RowCounts } from './form.ts';
import { quoted, type Table, tablesOf } from './tables.ts';

/** A backup that is being read: its lines behind the header and the keys. They end only if all of them are whole. */
export interface BackupLines {
  readonly header: BackupHeader;
  readonly lines: AsyncIterator<string>;
}

export interface RestoreOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether sessions, sign-ins and checkers go on. */
  readonly keepCredentials: boolean;
  /** SHA-256 of the master key that the directory will be used with; null: it will be made. */
  readonly masterKeyFingerprint: string | null;
  /** Of the audit trail: that it was restored. Left out: none. */
  readonly event?: NewAuditEvent;
  readonly onRows?: (rows: number) => void;
}

/** What was restored. */
export interface Restored {
  readonly rows: number;
  /** The long-term keys that were active when the backup was written. */
  readonly keys: readonly ActiveKey[];
  readonly ended: Ended;
  readonly revision: bigint;
}

/**
 * Puts a backup into a database in which nothing was ever stored, all or nothing, brings it to the present schema, and begins
 * a new lineage of revisions. Throws BACKUP_DAMAGED, NOT_EMPTY, DIRECTORY_TOO_NEW, MIGRATION_CHANGED.
 */
export async function restore(
  database: Database,
  { header, lines }: BackupLines,
  options: RestoreOptions,
): Promise<Restored> {
  await prepareSchema(database, header);
  const restored = await database.transaction('write', async (sql) => {
    const rows = await load(sql, lines, options.onRows ?? (() => undefined));
    const keys = await activeKeys(sql);
    const ended = options.keepCredentials ? null : await endCredentials(sql, options.now);
    const revision = await beginLineage(sql, options);
    return { rows, keys, ended: ended ?? { roleSessions: 0, signIns: 0, checkers: 0 }, revision };
  });
  await migrate(database);
  await database.transaction('write', (sql) => addAuditEvent(sql, options.event, restored.revision));
  return restored;
}

async function prepareSchema(database: Database, { migrations }: BackupHeader): Promise<void> {
  const there = await readApplied(database);
  if (there.length === 0) {
    await migrateTo(database, migrations);
    return;
  }
  const [state] = await database.query<{ used: boolean }>(
    `SELECT revision > 0 OR EXISTS (SELECT 1 FROM "AuditEvent") OR EXISTS (SELECT 1 FROM "Account") AS used
       FROM "DirectoryState" WHERE id = 1`,
  );
  if (state?.used !== false) {
    throw new RolegateError('NOT_EMPTY', 'there is a directory already: a backup is restored where there is none');
  }
  const names = new Set(migrations.map(({ name }) => name));
  if (there.length !== names.size || there.some(({ name }) => !names.has(name))) {
    throw new RolegateError(
      'NOT_EMPTY',
      'the backup was written by another version than the one that has prepared this place: restore it into one where nothing is',
    );
  }
}

/** Fills the tables with the rows of the lines; returns how many there were. */
async function load(sql: Sql, lines: AsyncIterator<string>, onRows: (rows: number) => void): Promise<number> {
  const tables = await tablesOf(sql);
  const loose = await loosen(sql, tables);
  const byName = new Map(tables.map((table) => [table.name, table]));
  const counts: Record<string, number> = {};
  let total = 0;
  for (;;) {
    const about = objectOf(await nextLine(lines));
    if ('rows' in about) {
      checkCounts(about['rows'], counts);
      break;
    }
    const table = byName.get(String(about['table']));
    if (table === undefined)
      throw damaged('the backup is damaged: it has rows of a table that its schema does not have');
    const inserted = await insert(sql, table, await nextLine(lines));
    if (inserted !== about['count']) throw damaged('the backup is damaged: rows of it are missing');
    counts[table.name] = (counts[table.name] ?? 0) + inserted;
    total += inserted;
    onRows(total);
  }
  // The last line is behind the checksum.
  if ((await lines.next()).done !== true) throw damaged('the backup is damaged: there is more behind its end');
  await loose.tighten();
  await continueSequences(sql, tables);
  return total;
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { done, value } = await lines.next();
  if (done === true) throw damaged('the backup is cut off');
  return value;
}

function checkCounts(expected: unknown, counts: RowCounts): void {
  if (typeof expected !== 'object' || expected === null) throw damaged('the backup is damaged: it has no counts');
  for (const [name, count] of Object.entries(expected)) {
    if ((counts[name] ?? 0) !== count) throw damaged(`the backup is damaged: rows of ${name} are missing`);
  }
}

async function insert(sql: Sql, { name, columns }: Table, rows: string): Promise<number> {
  const list = columns.map(quoted).join(', ');
  try {
    const [row] = await sql.query<{ inserted: number }>(
      `WITH added AS (INSERT INTO ${quoted(name)} (${list}) OVERRIDING SYSTEM VALUE
         SELECT ${list} FROM jsonb_populate_recordset(NULL::${quoted(name)}, $1::text::jsonb) RETURNING 1)
       SELECT count(*)::int4 AS inserted FROM added`,
      [rows],
    );
    return row?.inserted ?? 0;
  } catch (error) {
    throw refusedRows(name, error);
  }
}

/** Rows that the database refuses are damaged: 22 is wrong data, 23 a broken reference or a row that is there twice. */
function refusedRows(table: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^2[23]/.test(code) ? damaged(`the backup is damaged: rows of ${table} cannot be stored`, error) : error;
}

/**
 * Empties the tables of what their migrations put there, without their triggers, which are for changes, and lets rows of a
 * table name later ones. `tighten` undoes it and checks them.
 */
async function loosen(sql: Sql, tables: readonly Table[]): Promise<{ tighten(): Promise<void> }> {
  const own = await sql.query<{ table: string; name: string }>(
    `SELECT c.relname AS table, r.conname AS name FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid
      WHERE r.contype = 'f' AND r.conrelid = r.confrelid AND c.relname = ANY($1::text[])`,
    [tables.map(({ name }) => name)],
  );
  const alter = async (form: string): Promise<void> => {
    for (const { table, name } of own)
      await sql.query(`ALTER TABLE ${quoted(table)} ALTER CONSTRAINT ${quoted(name)} ${form}`);
  };
  for (const { name } of tables) await sql.query(`ALTER TABLE ${quoted(name)} DISABLE TRIGGER USER`);
  for (const { name } of tables.toReversed()) await sql.query(`DELETE FROM ${quoted(name)}`);
  await alter('DEFERRABLE INITIALLY DEFERRED');
  return {
    tighten: async () => {
      try {
        await sql.query('SET CONSTRAINTS ALL IMMEDIATE');
      } catch (error) {
        throw refusedRows(own.map(({ table }) => table).join(', '), error);
      }
      await alter('NOT DEFERRABLE');
      for (const { name } of tables) await sql.query(`ALTER TABLE ${quoted(name)} ENABLE TRIGGER USER`);
    },
  };
}

async function continueSequences(sql: Sql, tables: readonly Table[]): Promise<void> {
  for (const { name, columns } of tables) {
    const sequences = await sql.query<{ column: string; sequence: string }>(
      `SELECT c.name AS column, pg_get_serial_sequence($1, c.name) AS sequence FROM unnest($2::text[]) AS c(name)
        WHERE pg_get_serial_sequence($1, c.name) IS NOT NULL`,
      [quoted(name), columns],
    );
    for (const { column, sequence } of sequences) {
      const last = `max(${quoted(column)})`;
      await sql.query(
        `SELECT setval($1::text::regclass, coalesce(${last}, 1), ${last} IS NOT NULL)::text FROM ${quoted(name)}`,
        [sequence],
      );
    }
  }
}
