import { RolegateError } from '../../policy/errors.ts';
import type { Revision } from '../directory.ts';
import { MOVING } from '../gather/revision-rows.ts';
import { millisecondsOf } from '../instants.ts';
import type { Database } from '../prisma/database.ts';
import { ofAnotherHistory } from '../revision-not-reached.ts';
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

/** The same, as the database writes it. */
type FoundChange = Omit<LoggedChange, 'revision'> & { readonly revision: string };

/** Everything that changed, in order: not sessions and credentials, which the audit trail has. */
export interface ChangeLog {
  /** Throws CONFLICT unless everything that was touched after `since` is still in the log. Call it with a revision that was reached. */
  checkRetained(since: Revision): Promise<void>;
  /**
   * What was touched after `place` and not after `until`, in order, at most `limit`. `accountIds`: of these accounts alone; null: all.
   * Throws CONFLICT where something after `place` is in the log no more.
   */
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

/** How far back the log goes, as the database writes it. */
interface Kept {
  /** The first revision of this history; null: the directory was never restored. */
  readonly restored: string | null;
  /** The last revision of which something is in the log no more; null: everything is. */
  readonly pruned: string | null;
}

/** Of the state `s`. */
const KEPT = 's."restoredRevision"::text AS restored, s."prunedRevision"::text AS pruned';

/** Throws CONFLICT unless everything after `since` is in the log. */
function refuseUnlessKept(since: Revision, kept: Kept | undefined): void {
  if (kept?.restored != null && since < BigInt(kept.restored)) throw ofAnotherHistory('since');
  const pruned = kept?.pruned == null ? null : BigInt(kept.pruned);
  if (pruned === null || since >= pruned) return;
  const message = `the changes after ${revisionText(since)} are kept no more; the oldest revision to go on from is ${revisionText(pruned)}: read the directory anew, and go on from there`;
  throw new RolegateError('CONFLICT', message, { field: 'since' });
}

export function changeLog(database: Database): ChangeLog {
  return {
    checkRetained: async (since) => {
      const [row] = await database.query<Kept>(`SELECT ${KEPT} FROM "DirectoryState" s WHERE s.id = 1`);
      refuseUnlessKept(since, row);
    },

    after: async ({ revision, entity, entityId }, until, limit, accountIds = null) => {
      const rows = await database.query<Kept & { readonly found: readonly FoundChange[] | null }>(
        // One statement, so that nothing is removed between what it reads and what it says of the log. By the number: without the
        // table's name it would be the text that is selected, and 10 come before 9.
        `SELECT ${KEPT}, (SELECT json_agg(json_build_object('revision', f.revision::text, 'at', ${millisecondsOf('f.at')},
              'entity', f.entity, 'entityId', f."entityId", 'accountIds', f."accountIds")
              ORDER BY f.revision, f.entity, f."entityId")
            FROM (SELECT c.* FROM "DirectoryChange" c
                   WHERE (c.revision, c.entity, c."entityId") > ($1::text::bigint, $2, $3) AND c.revision <= $4::text::bigint
                     AND c.entity <> ALL($5::text[]) AND ($7::text[] IS NULL OR c."accountIds" && $7::text[])
                   ORDER BY c.revision, c.entity, c."entityId" LIMIT $6) f) AS found
           FROM "DirectoryState" s WHERE s.id = 1`,
        [String(revision), entity, entityId, String(until), MOVING, limit, accountIds],
      );
      const [row] = rows;
      refuseUnlessKept(revision - 1n, row);
      return (row?.found ?? []).map((change) => ({ ...change, revision: BigInt(change.revision) }));
    },
  };
}
