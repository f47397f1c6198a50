import type { Touched } from '../apply/revision.ts';
import type { Sql } from '../prisma/database.ts';
import { ofAnotherHistory } from '../revision-not-reached.ts';

/** If more than this was touched since the revision in memory, the memory starts anew. */
const MAX_CHANGES = 5_000;

/** A query for what was touched after a revision, given as SQL; one row more than is listed if it is too much. */
export const touchedSince = (revision: string): string =>
  `(SELECT json_agg(json_build_object('entity', c.entity, 'entityId', c."entityId")) FROM
     (SELECT DISTINCT entity, "entityId" FROM "DirectoryChange" WHERE revision > ${revision}::text::bigint
       LIMIT ${MAX_CHANGES + 1}) c)`;

/** Null: too much to list. */
export function changesOf(touched: readonly Touched[] | null): readonly Touched[] | null {
  if (touched === null) return [];
  return touched.length > MAX_CHANGES ? null : touched;
}

/** Where the directory is in its history. */
export interface Reached {
  readonly revision: bigint;
  /** What was touched since a revision; null: too much to list, or not known. */
  readonly touched: readonly Touched[] | null;
  /** The first revision of this history; null: the directory was never restored. */
  readonly restored: bigint | null;
}

/** The revision, and what was touched since `since`. */
export async function readRevision(sql: Sql, since: bigint): Promise<Reached> {
  const [row] = await sql.query<{ revision: string; restored: string | null; touched: readonly Touched[] | null }>(
    `SELECT s.revision::text AS revision, s."restoredRevision"::text AS restored,
        ${touchedSince('$1')} AS touched FROM "DirectoryState" s WHERE s.id = 1`,
    [String(since)],
  );
  const restored = row?.restored == null ? null : BigInt(row.restored);
  // A restored directory has all that a backup has, and nothing says what was there before.
  const touched = restored !== null && since < restored ? null : changesOf(row?.touched ?? null);
  return { revision: BigInt(row?.revision ?? 0), touched, restored };
}

/** What no policy depends on: sessions come and go while people work, and so do credentials. */
export const MOVING: readonly string[] = [
  'AccessKey',
  'Checker',
  'KeySession',
  'MasterKey',
  'MfaDevice',
  'RoleSession',
  'SigningKey',
];

/**
 * Whether something else than sessions and credentials was touched after `since`, or `since` has not been yet. Throws CONFLICT
 * if the directory was restored after `since`: what was touched in between is not known.
 */
export async function hasChangedSince(sql: Sql, since: bigint): Promise<boolean> {
  const [row] = await sql.query<{ changed: boolean; replaced: boolean | null }>(
    `SELECT EXISTS (SELECT 1 FROM "DirectoryChange" WHERE revision > $1::text::bigint AND entity <> ALL($2::text[]))
         OR $1::text::bigint > s.revision AS changed, $1::text::bigint < s."restoredRevision" AS replaced
       FROM "DirectoryState" s WHERE s.id = 1`,
    [String(since), MOVING],
  );
  if (row?.replaced === true) throw ofAnotherHistory(null);
  return row?.changed !== false;
}
