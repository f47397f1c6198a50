import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';

/** The tables of sessions, with what of other tables keeps a row `s`: a checker is its maker as it was in a session. */
const KEPT_BY = {
  KeySession: [`SELECT 1 FROM "Checker" c WHERE c."keySessionId" = s.id`],
  RoleSession: [
    `SELECT 1 FROM "Checker" c WHERE c."roleSessionId" = s.id`,
    // Removed before it, so that no sign-in comes out of its role by this.
    `SELECT 1 FROM "KeySession" k WHERE k."roleSessionId" = s.id`,
  ],
} as const;

export type SessionTable = keyof typeof KEPT_BY;

/** In this order. */
export const SESSION_TABLES: readonly SessionTable[] = ['KeySession', 'RoleSession'];

/** The last session that was looked at: its end, as the database writes it, and its id. */
interface Place {
  readonly endsAt: string;
  readonly id: string;
}

/** Removes sessions of a table that ended before an instant, from the one that ended first. */
export class EndedSessions {
  readonly #table: SessionTable;
  readonly #until: string;
  #after: Place = { endsAt: '-infinity', id: '' };
  removed = 0;

  constructor(table: SessionTable, until: number) {
    this.#table = table;
    this.#until = toIso(until);
  }

  /** False: there are no more. */
  async step(sql: Sql, rows: number): Promise<boolean> {
    const kept = KEPT_BY[this.#table].map((each) => `(${each} LIMIT 1) IS NOT NULL`).join(' OR ');
    // "least" leaves out the end of a session that has only expired. A token whose session is gone is refused, as it was before.
    const found = await sql.query<Place & { kept: boolean }>(
      `SELECT s.id, s."endsAt"::text AS "endsAt", (${kept}) AS kept FROM (
         SELECT id, least("endedAt", "expiresAt") AS "endsAt" FROM "${this.#table}"
          WHERE (least("endedAt", "expiresAt"), id) > ($1::text::timestamp(3), $2)
            AND least("endedAt", "expiresAt") < $3::text::timestamp(3)
          ORDER BY least("endedAt", "expiresAt"), id LIMIT $4::int4) s ORDER BY s."endsAt", s.id`,
      [this.#after.endsAt, this.#after.id, this.#until, rows],
    );
    const last = found.at(-1);
    if (last === undefined) return false;
    this.#after = last;
    const ids = found.filter((each) => !each.kept).map(({ id }) => id);
    if (ids.length > 0) await this.#remove(sql, ids);
    return found.length === rows;
  }

  async #remove(sql: Sql, ids: readonly string[]): Promise<void> {
    await sql.query(`DELETE FROM "${this.#table}" WHERE id = ANY($1::text[])`, [ids]);
    this.removed += ids.length;
    if (this.#table !== 'RoleSession') return;
    // What is remembered of counts does not hold any more.
    await sql.query(
      'UPDATE "DirectoryState" SET "prunedSessions" = coalesce("prunedSessions", 0) + $1::int4 WHERE id = 1',
      [ids.length],
    );
  }
}
