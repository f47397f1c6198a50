import { quoted } from '../backup/tables.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';

/** The columns that name policy documents, as the database says: what a migration adds is among them. */
const SELECT_USES = `SELECT f.relname AS table, a.attname AS column
  FROM pg_constraint r JOIN pg_class f ON f.oid = r.conrelid
  JOIN pg_attribute a ON a.attrelid = r.conrelid AND a.attnum = r.conkey[1]
 WHERE r.contype = 'f' AND r.confrelid = '"PolicyDocument"'::regclass ORDER BY 1, 2`;

interface Seen {
  readonly hash: string;
  readonly used: boolean;
  /** Whether it was seen unused before; since before the instant. */
  readonly marked: boolean;
  readonly old: boolean;
}

/**
 * Removes policy documents that nothing has used since an instant: no policy, role or resource, and no event of the audit trail. One
 * that is seen unused for the first time is marked with the time.
 */
export class UnusedDocuments {
  readonly #now: string;
  readonly #until: string;
  #after = '';
  #uses: string | null = null;
  removed = 0;

  constructor(now: number, until: number) {
    this.#now = toIso(now);
    this.#until = toIso(until);
  }

  /** False: all were looked at. In a transaction of its own. INVARIANT: no change is written meanwhile, which could begin to use one of them. */
  async step(sql: Sql, rows: number): Promise<boolean> {
    this.#uses ??= await usesIn(sql);
    // Until statistics of a table that has grown are there, one row of it seems to be found sooner by looking at all of them.
    await sql.query(`SELECT set_config('enable_seqscan', 'off', true)`);
    const seen = await sql.query<Seen>(
      `SELECT d.hash, (${this.#uses}) AS used, d."unreferencedSince" IS NOT NULL AS marked,
          coalesce(d."unreferencedSince" < $2::text::timestamp(3), false) AS old
         FROM (SELECT hash, "unreferencedSince" FROM "PolicyDocument" WHERE hash > $1 ORDER BY hash LIMIT $3::int4) d
        ORDER BY d.hash`,
      [this.#after, this.#until, rows],
    );
    this.#after = seen.at(-1)?.hash ?? this.#after;
    const hashes = (which: (one: Seen) => boolean): readonly string[] => seen.filter(which).map(({ hash }) => hash);
    await update(
      sql,
      'NULL',
      hashes(({ used, marked }) => used && marked),
    );
    await update(
      sql,
      `'${this.#now}'::timestamp(3)`,
      hashes(({ used, marked }) => !used && !marked),
    );
    const gone = hashes(({ used, old }) => !used && old);
    if (gone.length > 0) await sql.query('DELETE FROM "PolicyDocument" WHERE hash = ANY($1::text[])', [gone]);
    this.removed += gone.length;
    return seen.length === rows;
  }
}

/** Whether something uses a document `d`, as SQL: look-ups one by one, because a join could be planned as a scan of whole tables. */
async function usesIn(sql: Sql): Promise<string> {
  const uses = await sql.query<{ table: string; column: string }>(SELECT_USES);
  return [...uses, { table: 'AuditEventDocument', column: 'hash' }]
    .map(
      ({ table, column }) => `(SELECT true FROM ${quoted(table)} x WHERE x.${quoted(column)} = d.hash LIMIT 1) IS TRUE`,
    )
    .join(' OR ');
}

async function update(sql: Sql, value: string, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return;
  await sql.query(`UPDATE "PolicyDocument" SET "unreferencedSince" = ${value} WHERE hash = ANY($1::text[])`, [hashes]);
}
