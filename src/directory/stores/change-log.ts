import { RolegateError } from '../../policy/errors.ts';
import type { Revision } from '../directory.ts';
import { MOVING } from '../gather/revision-rows.ts';
import { millisecondsOf } from '../instants.ts';
import type { Database } from '../prisma/database.ts';
import { revisionText } from '../revision-text.ts';

/** Something that a revision touched. */
export interface LoggedChange {
  readonly revision: Revision;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As in DirectoryChange of the database: User, Role … */
  readonly entity: string;
  readonly entityId: string;
  /** The accounts that it belonged to before, or belongs to since. Empty: to none, as what is AWS's own. */
  readonly accountIds: readonly string[];
}

/** A place in the log: after everything of earlier revisions, and after this entity of its own. */
export interface LogPlace {
  readonly revision: Revision;
  readonly entity: string;
  readonly entityId: string;
}

/** Everything that changed, in order: not sessions and credentials, which the audit trail has. */
export interface ChangeLog {
  /** Throws CONFLICT unless everything that was touched after `since` is still in the log. Call it with a revision that was reached. */
  checkRetained(since: Revision): Promise<void>;
  /** What was touched after `place` and not after `until`, in order, at most `limit`. `accountIds`: of these accounts alone; null: all. */
  after(
    place: LogPlace,
    until: Revision,
    limit: number,
    accountIds?: readonly string[] | null,
  ): Promise<readonly LoggedChange[]>;
}

/** After everything that `revision` touched: no entity has such a name. */
export function endOf(revision: Revision): LogPlace {
  return { revision: revision + 1n, entity: '', entityId: '' };
}

export function changeLog(database: Database): ChangeLog {
  return {
    checkRetained: async (since) => {
      const [row] = await database.query<{ oldest: string | null; revision: string }>(
        `SELECT (SELECT min(revision)::text FROM "DirectoryChange") AS oldest, s.revision::text AS revision
           FROM "DirectoryState" s WHERE s.id = 1`,
      );
      const current = BigInt(row?.revision ?? 0);
      const oldest = row?.oldest == null ? current + 1n : BigInt(row.oldest);
      if (since >= current || since >= oldest - 1n) return;
      const message = `the changes after ${revisionText(since)} are kept no more; the oldest revision to go on from is ${revisionText(oldest - 1n)}: read the directory anew, and go on from there`;
      throw new RolegateError('CONFLICT', message, { field: 'since' });
    },

    after: async ({ revision, entity, entityId }, until, limit, accountIds = null) => {
      const rows = await database.query<Omit<LoggedChange, 'revision'> & { readonly revision: string }>(
        // By the number: without the table's name it would be the text that is selected, and 10 come before 9.
        `SELECT c.revision::text AS revision, ${millisecondsOf('c.at')} AS at, c.entity, c."entityId", c."accountIds"
           FROM "DirectoryChange" c
          WHERE (c.revision, c.entity, c."entityId") > ($1::text::bigint, $2, $3) AND c.revision <= $4::text::bigint
            AND c.entity <> ALL($5::text[]) AND ($7::text[] IS NULL OR c."accountIds" && $7::text[])
          ORDER BY c.revision, c.entity, c."entityId" LIMIT $6`,
        [String(revision), entity, entityId, String(until), MOVING, limit, accountIds],
      );
      return rows.map((row) => ({ ...row, revision: BigInt(row.revision) }));
    },
  };
}
