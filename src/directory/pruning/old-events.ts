import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { SPAN } from '../stores/audit-search.ts';
import { COUNTED_FOR } from '../stores/repeated-failures.ts';

/** The tables of the trail, each before those that its rows name. */
const TABLES = ['AuditEventAccount', 'AuditEventDocument', 'AuditRepetition', 'AuditEvent'] as const;

/** Removes the beginning of the audit trail, up to the first event that is not older than an instant. */
export class OldEvents {
  readonly #until: string;
  removed = 0;

  /** A failure may have been repeated for a while after it happened first. */
  constructor(until: number) {
    this.#until = toIso(until - COUNTED_FOR);
  }

  /** False: there are no more. INVARIANT: `prunedEvent` goes first, without which triggers refuse to remove anything. */
  async step(sql: Sql, rows: number): Promise<boolean> {
    const [row] = await sql.query<{ old: readonly string[] | null; found: number }>(
      `WITH first AS MATERIALIZED (
         SELECT e.sequence, e.at FROM "AuditEvent" e
          WHERE e.sequence > coalesce((SELECT "prunedEvent" FROM "DirectoryState" WHERE id = 1), 0)
          ORDER BY e.sequence LIMIT $2::int4),
       old AS (
         SELECT sequence FROM first WHERE sequence < coalesce(
           (SELECT min(sequence) FROM first WHERE at >= $1::text::timestamp(3)), 9223372036854775807))
       SELECT (SELECT json_agg(sequence::text ORDER BY sequence) FROM old) AS old, (SELECT count(*) FROM first)::int4 AS found`,
      [this.#until, rows],
    );
    const last = row?.old?.at(-1);
    if (row?.old == null || last === undefined) return false;
    const { old, found } = row;
    await sql.query('UPDATE "DirectoryState" SET "prunedEvent" = $1::text::bigint WHERE id = 1', [last]);
    for (const table of TABLES)
      await sql.query(`DELETE FROM "${table}" WHERE sequence = ANY($1::text[]::bigint[])`, [old]);
    await sql.query(`DELETE FROM "AuditSpan" WHERE block < ($1::text::bigint + 1) / ${SPAN}`, [last]);
    this.removed += old.length;
    return old.length === found && found === rows;
  }
}
