import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import type { Sql } from '../prisma/database.ts';
import { ofAnotherHistory } from '../revision-not-reached.ts';

/** If more than this was touched since the revision in memory, the memory starts anew. */
const MAX_CHANGES = 5_000;

/** What `touchedSince` answers; null: nothing. */
export type TouchedRows = readonly Touched[] | 'unknown' | null;

/**
 * A query for what was touched after a revision, given as SQL; one row more than is listed if it is too much. `unknown`: the log of
 * changes does not go back as far, or the directory was restored since. None is later than the directory's own: said too, it has
 * a plan that is for any revision read the log from there, and not all of it.
 */
export const touchedSince = (revision: string): string =>
  `(CASE WHEN ${revision}::text::bigint <
      (SELECT greatest(t."restoredRevision", t."prunedRevision") FROM "DirectoryState" t WHERE t.id = 1)
    THEN '"unknown"'::json ELSE
     (SELECT json_agg(json_build_object('entity', c.entity, 'entityId', c."entityId")) FROM
       (SELECT DISTINCT entity, "entityId" FROM "DirectoryChange" WHERE revision > ${revision}::text::bigint
            AND revision <= (SELECT n.revision FROM "DirectoryState" n WHERE n.id = 1)
         LIMIT ${MAX_CHANGES + 1}) c) END)`;

/** Null: too much to list, or not known. */
export function changesOf(touched: TouchedRows): readonly Touched[] | null {
  if (touched === null) return [];
  return touched === 'unknown' || touched.length > MAX_CHANGES ? null : touched;
}

/** Where the directory is in its history. */
export interface Reached {
  readonly revision: bigint;
  /** What was touched since a revision; null: too much to list, or not known. */
  readonly touched: readonly Touched[] | null;
  /** The first revision of this history; null: the directory was never restored. */
  readonly restored: bigint | null;
}

export async function currentRevision(sql: Sql): Promise<bigint> {
  const [row] = await sql.query<{ revision: string }>(
    'SELECT revision::text AS revision FROM "DirectoryState" WHERE id = 1',
  );
  return BigInt(row?.revision ?? 0);
}

/** The revision, and what was touched since `since`. */
export async function readRevision(sql: Sql, since: bigint): Promise<Reached> {
  const [row] = await sql.query<{ revision: string; restored: string | null; touched: TouchedRows }>(
    `SELECT s.revision::text AS revision, s."restoredRevision"::text AS restored,
        ${touchedSince('$1')} AS touched FROM "DirectoryState" s WHERE s.id = 1`,
    [String(since)],
  );
  const restored = row?.restored == null ? null : BigInt(row.restored);
  return { revision: BigInt(row?.revision ?? 0), touched: changesOf(row?.touched ?? null), restored };
}

/** What no policy depends on: sessions come and go while people work, and so do credentials and what is said of findings. */
export const MOVING: readonly string[] = [
  'AccessKey',
  'Checker',
  'FindingAcknowledgement',
  'KeySession',
  'MasterKey',
  'MfaDevice',
  'RoleSession',
  'SigningKey',
];

/**
 * Whether something else than sessions and credentials was touched after `since`, or `since` has not been yet. Throws CONFLICT
 * if what was touched since is not known: the directory was restored, or the log of changes does not go back as far.
 */
export async function hasChangedSince(sql: Sql, since: bigint): Promise<boolean> {
  const [row] = await sql.query<{ changed: boolean } & Retained>(
    `SELECT EXISTS (SELECT 1 FROM "DirectoryChange" WHERE revision > $1::text::bigint AND entity <> ALL($2::text[]))
         OR $1::text::bigint > s.revision AS changed, ${RETAINED} FROM "DirectoryState" s WHERE s.id = 1`,
    [String(since), MOVING],
  );
  refuseUnlessRetained(row);
  return row?.changed !== false;
}

interface Retained {
  readonly replaced: boolean | null;
  readonly pruned: boolean | null;
}

/** Of the state `s` of the directory and the revision $1. */
const RETAINED = `$1::text::bigint < s."restoredRevision" AS replaced, $1::text::bigint < s."prunedRevision" AS pruned`;

function refuseUnlessRetained(row: Retained | undefined): void {
  if (row?.replaced === true) throw ofAnotherHistory(null);
  if (row?.pruned === true) {
    throw new RolegateError(
      'CONFLICT',
      'this revision is older than the log of changes that is kept (ROLEGATE_CHANGE_DAYS): begin again',
    );
  }
}
