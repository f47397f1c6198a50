import { setImmediate } from 'node:timers/promises';
import { RolegateError } from '../../policy/errors.ts';
import type { Sql } from '../prisma/database.ts';
import { StoreUnavailable } from '../store-unavailable.ts';
import { blocksOf, isInBlocks } from './blocks.ts';
import { INVARIANTS, type Invariant, STATE } from './invariants.ts';
import { quoted, type Table, tablesOf } from './tables.ts';

/** What a check has found. */
export interface CheckReport {
  readonly tables: number;
  readonly rows: number;
  readonly documents: number;
  /** As sentences; at most `MOST_FAULTS`. */
  readonly faults: readonly string[];
  /** How many more there are. */
  readonly moreFaults: number;
}

const MOST_FAULTS = 100;

/** Blocks (of 8 KiB) of one statement: what others wait for in the embedded database. */
const BLOCKS = 8;

class Findings {
  rows = 0;
  documents = 0;
  readonly #faults: string[] = [];
  #more = 0;

  add(fault: string): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(fault);
    else this.#more++;
  }

  report(tables: number): CheckReport {
    return { tables, rows: this.rows, documents: this.documents, faults: this.#faults, moreFaults: this.#more };
  }
}

/**
 * Reads every row of the directory as it is stored, and looks whether what rows name is there and whether each policy
 * document is the one of its hash. Goes on behind what cannot be read. What changes meanwhile counts as it is then.
 */
export async function checkStore(sql: Sql): Promise<CheckReport> {
  const findings = new Findings();
  const tables = await tablesOf(sql);
  for (const table of tables) await checkTable(sql, table, findings);
  for (const { broken, sentence } of STATE) {
    await unlessUnreadable(findings, 'the state of the directory', async () => {
      const [row] = await sql.query<{ broken: boolean }>(`SELECT ${broken} AS broken`);
      if (row?.broken === true) findings.add(sentence);
    });
  }
  return findings.report(tables.length);
}

async function checkTable(sql: Sql, table: Table, findings: Findings): Promise<void> {
  const invariants = [...(INVARIANTS[table.name] ?? []), ...(await references(sql, table))];
  const blocks = await unlessUnreadable(findings, table.name, () => blocksOf(sql, table.name));
  for (let first = 0; first < (blocks ?? 0); first += BLOCKS) {
    await setImmediate();
    const end = first + BLOCKS;
    await unlessUnreadable(findings, `${table.name}, blocks ${first} to ${end - 1}`, () =>
      checkBlocks(sql, table, { first, end }, invariants, findings),
    );
  }
}

interface Blocks {
  readonly first: number;
  readonly end: number;
}

async function checkBlocks(
  sql: Sql,
  { name, key }: Table,
  { first, end }: Blocks,
  invariants: readonly Invariant[],
  findings: Findings,
): Promise<void> {
  const id = `concat_ws(' ', ${key.map((column) => `t.${quoted(column)}::text`).join(', ')})`;
  const broken = invariants.map(
    ({ broken: isBroken }, index) => `json_agg(${id} ORDER BY ${id}) FILTER (WHERE ${isBroken}) AS "${index}"`,
  );
  const [row] = await sql.query<Readonly<Record<string, unknown>>>(
    `SELECT ${['count(*)::int4 AS rows', 'sum(length(t::text))::float8 AS read', ...broken].join(', ')}
       FROM ${quoted(name)} t WHERE ${isInBlocks(first, end)}`,
  );
  const rows = Number(row?.['rows'] ?? 0);
  findings.rows += rows;
  if (name === 'PolicyDocument') findings.documents += rows;
  for (const [index, { sentence }] of invariants.entries()) {
    const ids: unknown = row?.[String(index)];
    if (Array.isArray(ids)) for (const each of ids) findings.add(`${name} ${String(each)}: ${sentence}`);
  }
}

/** Its foreign keys: the database refuses rows that break one, but does not see what damage has taken away. */
async function references(sql: Sql, { name }: Table): Promise<readonly Invariant[]> {
  const keys = await sql.query<{ target: string; columns: readonly string[]; targets: readonly string[] }>(
    `SELECT f.relname AS target,
        (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(r.conkey) WITH ORDINALITY k(attnum, place)
           JOIN pg_attribute a ON a.attrelid = r.conrelid AND a.attnum = k.attnum) AS columns,
        (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(r.confkey) WITH ORDINALITY k(attnum, place)
           JOIN pg_attribute a ON a.attrelid = r.confrelid AND a.attnum = k.attnum) AS targets
       FROM pg_constraint r JOIN pg_class f ON f.oid = r.confrelid
      WHERE r.contype = 'f' AND r.conrelid = $1::text::regclass ORDER BY r.conname`,
    [quoted(name)],
  );
  return keys.map(({ target, columns, targets }) => {
    const given = columns.map((column) => `t.${quoted(column)} IS NOT NULL`).join(' AND ');
    const same = columns
      .map((column, index) => `x.${quoted(targets[index] ?? '')} = t.${quoted(column)}`)
      .join(' AND ');
    return {
      broken: `${given} AND NOT EXISTS (SELECT 1 FROM ${quoted(target)} x WHERE ${same})`,
      sentence: `the ${target} that its ${columns.join(', ')} names is not there`,
    };
  });
}

/** Null: it could not be read, which is a finding. Throws if the database does not answer at all. */
async function unlessUnreadable<T>(findings: Findings, what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!isOfRows(error)) throw error;
    findings.add(`${what}: cannot be read: ${reasonOf(error)}`);
    return null;
  }
}

/** Whether the database has said that it cannot read something, and goes on. */
function isOfRows(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return error.code !== 'DIRECTORY_UNAVAILABLE';
  return error instanceof Error && 'severity' in error;
}

/** What the database says. */
function reasonOf(error: unknown): string {
  const cause = error instanceof RolegateError && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
