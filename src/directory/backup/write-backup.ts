import { readRevision } from '../gather/revision-rows.ts';
import type { Database, Sql } from '../prisma/database.ts';
import { readApplied } from '../prisma/migrate.ts';
import { BACKUP_VERSION, type BackupHeader } from './form.ts';
import { quoted, type Table, tablesOf } from './tables.ts';

/** Rows of one line: bounds the memory that a backup needs, here and where it is restored. */
const PAGE = 250;

/** Takes a line, without its end; the next one comes when it is done. */
export type TakeLine = (line: string) => Promise<void>;

/** A table, and the cursor that holds its rows of one state of the database. */
interface Held {
  readonly table: Table;
  readonly cursor: string;
}

/** Numbers the cursors: several backups can be under way. */
let backups = 0;

/**
 * The database as the lines of a backup, up to its counts, of one state: on a server in one transaction; in the process,
 * where a transaction would keep everybody else waiting, from cursors that outlive theirs, so that others are answered
 * between two pages. https://www.postgresql.org/docs/current/sql-declare.html (WITH HOLD)
 */
export async function writeBackup(database: Database, writtenAt: number, take: TakeLine): Promise<void> {
  const prefix = `backup_${++backups}_`;
  if (!database.exclusive) {
    await database.transaction('read', async (sql) => {
      const begun = await begin(sql, writtenAt, prefix, '');
      await writeLines(sql, begun, take);
    });
    return;
  }
  const begun = await database.transaction('read', (sql) => begin(sql, writtenAt, prefix, ' WITH HOLD'));
  try {
    await writeLines(database, begun, take);
  } finally {
    for (const { cursor } of begun.held) await database.query(`CLOSE ${cursor}`);
  }
}

interface Begun {
  readonly header: BackupHeader;
  readonly held: readonly Held[];
}

async function begin(sql: Sql, writtenAt: number, prefix: string, hold: string): Promise<Begun> {
  const header = await readHeader(sql, writtenAt);
  const held = (await tablesOf(sql)).map((table, index) => ({ table, cursor: `${prefix}${index}` }));
  for (const { table, cursor } of held) {
    const order = table.key.map((column) => `t.${quoted(column)}`).join(', ');
    await sql.query(
      `DECLARE ${cursor} NO SCROLL CURSOR${hold} FOR
         SELECT to_jsonb(t)::text AS row FROM ${quoted(table.name)} t ORDER BY ${order}`,
    );
  }
  return { header, held };
}

async function readHeader(sql: Sql, writtenAt: number): Promise<BackupHeader> {
  const { revision } = await readRevision(sql, 2n ** 62n);
  const [state] = await sql.query<{ fingerprint: string | null }>(
    `SELECT "masterKeyFingerprint" AS fingerprint FROM "DirectoryState" WHERE id = 1`,
  );
  return {
    form: 'rolegate-backup',
    version: BACKUP_VERSION,
    writtenAt: new Date(writtenAt).toISOString(),
    revision: String(revision),
    masterKeyFingerprint: state?.fingerprint ?? null,
    migrations: (await readApplied(sql)).map(({ name, checksum }) => ({ name, checksum })),
  };
}

async function writeLines(sql: Sql, { header, held }: Begun, take: TakeLine): Promise<void> {
  await take(JSON.stringify(header));
  const rows: Record<string, number> = {};
  for (const { table, cursor } of held) {
    rows[table.name] = 0;
    for (;;) {
      const page = await sql.query<{ row: string }>(`FETCH ${PAGE} FROM ${cursor}`);
      if (page.length === 0) break;
      rows[table.name] = (rows[table.name] ?? 0) + page.length;
      await take(JSON.stringify({ table: table.name, count: page.length }));
      await take(`[${page.map(({ row }) => row).join(',')}]`);
    }
  }
  await take(JSON.stringify({ rows }));
}
