import type { Sql } from '../prisma/database.ts';
import { quoted } from './tables.ts';

// Rows are read by their place in the file of their table, some blocks (of 8 KiB) at a time: no statement is long, and what
// cannot be read is known to the block. https://www.postgresql.org/docs/current/storage-page-layout.html

export async function blocksOf(sql: Sql, table: string): Promise<number> {
  const [size] = await sql.query<{ blocks: number }>(
    `SELECT (pg_relation_size($1::text::regclass) / current_setting('block_size')::int8)::int4 AS blocks`,
    [quoted(table)],
  );
  return size?.blocks ?? 0;
}

/** SQL: whether a row `t` is in one of the blocks from `first` on, before `end`. */
export function isInBlocks(first: number, end: number): string {
  return `t.ctid >= '(${first},0)'::tid AND t.ctid < '(${end},0)'::tid`;
}
