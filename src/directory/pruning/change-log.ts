import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';

/**
 * A key that was deleted is never made again, and only its change says that it was there: changes of access keys stay for good.
 * They are few.
 */
const KEPT = 'AccessKey';

interface Removed {
  readonly removed: number;
  readonly found: number;
}

/** Removes the beginning of the log of changes, up to the first change that is not older than an instant. */
export class OldChanges {
  readonly #until: string;
  removed = 0;

  constructor(until: number) {
    this.#until = toIso(until);
  }

  /**
   * False: there are no more. INVARIANT: no change is written meanwhile, and whoever reads the log compares with `prunedRevision`,
   * which is written in the same transaction.
   */
  async step(sql: Sql, rows: number): Promise<boolean> {
    const [row] = await sql.query<Removed>(
      `WITH first AS MATERIALIZED (
         SELECT c.ctid, c.revision, c.at FROM "DirectoryChange" c
          WHERE c.revision >= coalesce((SELECT "prunedRevision" FROM "DirectoryState" WHERE id = 1), 0)
            AND c.entity <> '${KEPT}'
          ORDER BY c.revision, c.entity, c."entityId" LIMIT $2::int4),
       old AS MATERIALIZED (
         SELECT * FROM first WHERE revision < coalesce(
           (SELECT min(revision) FROM first WHERE at >= $1::text::timestamp(3)), 9223372036854775807)),
       gone AS (
         DELETE FROM "DirectoryChange" WHERE ctid = ANY(ARRAY(SELECT ctid FROM old)) RETURNING revision),
       noted AS (
         UPDATE "DirectoryState" SET "prunedRevision" = (SELECT max(revision) FROM old)
          WHERE id = 1 AND EXISTS (SELECT 1 FROM old))
       SELECT (SELECT count(*) FROM gone)::int4 AS removed, (SELECT count(*) FROM first)::int4 AS found`,
      [this.#until, rows],
    );
    const { removed = 0, found = 0 } = row ?? {};
    this.removed += removed;
    return removed > 0 && found === rows;
  }
}
