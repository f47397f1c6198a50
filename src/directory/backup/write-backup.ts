import { setImmediate } from 'node:timers/promises';
import { currentRevision } from '../gather/revision-rows.ts';
import type { Database, Sql } from '../prisma/database.ts';
import { readApplied } from '../prisma/migrate.ts';
import { blocksOf, isInBlocks } from './blocks.ts';
import { BACKUP_VERSION, type BackupHeader } from './form.ts';
import { quoted, type Table, tablesOf } from './tables.ts';

/** Rows of one line: bounds the memory that a backup needs, here and where it is restored. */
const PAGE = 250;
/** Blocks of one line, where rows are read by their place: about as many rows. */
const PAGE_BLOCKS = 4;
/** Blocks of one statement that copies: a few milliseconds. */
const COPIED_BLOCKS = 16;

/** Takes a line, without its end; the next one comes when it is done. */
export type TakeLine = (line: string) => Promise<void>;

/** A table, and what holds its rows of one state of the database: a cursor, or a copy. */
interface Held {
  readonly table: Table;
  readonly name: string;
}

interface Begun {
  readonly header: BackupHeader;
  readonly held: readonly Held[];
}

/** Numbers what holds rows: several backups can be under way. */
let backups = 0;

/**
 * The database as the lines of a backup, up to its counts, of one state: on a server in one transaction; in the process,
 * where a transaction keeps everybody else from the database, from copies that a short one makes, so that others are answered
 * between two pages.
 */
export async function writeBackup(database: Database, writtenAt: number, take: TakeLine): Promise<void> {
  const prefix = `rolegate_backup_${++backups}_`;
  if (!database.exclusive) {
    await database.transaction('read', async (sql) => {
      await writeLines(await begin(sql, writtenAt, prefix, declare), pagesOfCursor(sql), take);
    });
    return;
  }
  const begun = await database.transaction('write', (sql) => begin(sql, writtenAt, prefix, copy));
  try {
    await writeLines(begun, pagesOfCopy(database), take);
  } finally {
    for (const { name } of begun.held) await database.query(`DROP TABLE ${name}`);
  }
}

async function begin(
  sql: Sql,
  writtenAt: number,
  prefix: string,
  hold: (sql: Sql, held: Held) => Promise<void>,
): Promise<Begun> {
  const header = await readHeader(sql, writtenAt);
  const held = (await tablesOf(sql)).map((table, index) => ({ table, name: `${prefix}${index}` }));
  for (const each of held) await hold(sql, each);
  return { header, held };
}

async function declare(sql: Sql, { table, name }: Held): Promise<void> {
  const order = table.key.map((column) => `t.${quoted(column)}`).join(', ');
  const rows = `SELECT to_jsonb(t)::text AS row FROM ${quoted(table.name)} t ORDER BY ${order}`;
  await sql.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${rows}`);
}

/** A temporary table is not written to the log of the database. Each statement is short: this process does other things in between. */
async function copy(sql: Sql, { table, name }: Held): Promise<void> {
  await sql.query(`CREATE TEMPORARY TABLE ${name} (LIKE ${quoted(table.name)})`);
  const blocks = await blocksOf(sql, table.name);
  for (let first = 0; first < blocks; first += COPIED_BLOCKS) {
    await setImmediate();
    await sql.query(
      `INSERT INTO ${name} SELECT * FROM ${quoted(table.name)} t WHERE ${isInBlocks(first, first + COPIED_BLOCKS)}`,
    );
  }
}

async function readHeader(sql: Sql, writtenAt: number): Promise<BackupHeader> {
  const revision = await currentRevision(sql);
  const [state] = await sql.query<{ fingerprint: string | null }>(
    `SELECT "masterKeyFingerprint" AS fingerprint FROM "DirectoryState" WHERE id = 1`,
  );
  const masterKeys = await sql.query<{ fingerprint: string }>(
    `SELECT fingerprint FROM "MasterKey" WHERE "retiredAt" IS NULL ORDER BY generation`,
  );
  return {
    form: 'rolegate-backup',
    version: BACKUP_VERSION,
    writtenAt: new Date(writtenAt).toISOString(),
    revision: String(revision),
    masterKeyFingerprint: state?.fingerprint ?? null,
    masterKeyFingerprints: masterKeys.map(({ fingerprint }) => fingerprint),
    migrations: (await readApplied(sql)).map(({ name, checksum }) => ({ name, checksum })),
  };
}

type Page = readonly { readonly row: string }[];
type PagesOf = (held: Held) => AsyncGenerator<Page>;

function pagesOfCursor(sql: Sql): PagesOf {
  return async function* ({ name }) {
    for (;;) {
      const page = await sql.query<Page[number]>(`FETCH ${PAGE} FROM ${name}`);
      if (page.length === 0) return;
      yield page;
    }
  };
}

function pagesOfCopy(sql: Sql): PagesOf {
  return async function* ({ name }) {
    const blocks = await blocksOf(sql, name);
    for (let first = 0; first < blocks; first += PAGE_BLOCKS) {
      await setImmediate();
      const page = await sql.query<Page[number]>(
        `SELECT to_jsonb(t)::text AS row FROM ${name} t WHERE ${isInBlocks(first, first + PAGE_BLOCKS)}`,
      );
      if (page.length > 0) yield page;
    }
  };
}

async function writeLines({ header, held }: Begun, pagesOf: PagesOf, take: TakeLine): Promise<void> {
  await take(JSON.stringify(header));
  const rows: Record<string, number> = {};
  for (const each of held) {
    const { name } = each.table;
    rows[name] = 0;
    for await (const page of pagesOf(each)) {
      rows[name] += page.length;
      await take(JSON.stringify({ table: name, count: page.length }));
      await take(`[${page.map(({ row }) => row).join(',')}]`);
    }
  }
  await take(JSON.stringify({ rows }));
}
