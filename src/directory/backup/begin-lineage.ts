import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { damaged } from './form.ts';

/** A long-term key that signs its owner in. */
export interface ActiveKey {
  readonly id: string;
  /** ARN of its user, or the service. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** How many were ended. */
export interface Ended {
  readonly roleSessions: number;
  /** Sign-ins of browsers, and temporary credentials of users. */
  readonly signIns: number;
  readonly checkers: number;
}

export function activeKeys(sql: Sql): Promise<readonly ActiveKey[]> {
  return sql.query<ActiveKey>(
    `SELECT k.id, coalesce(k."servicePrincipal", u.arn) AS owner,
        (extract(epoch FROM k."createdAt") * 1000)::float8 AS "createdAt"
       FROM "AccessKey" k LEFT JOIN "User" u ON u.id = k."userId"
      WHERE k.status = 'ACTIVE' ORDER BY 2, 1`,
  );
}

/** Ends what was made out of long-term keys: some of it may have been revoked after the backup was written. */
export async function endCredentials(sql: Sql, now: number): Promise<Ended> {
  const at = toIso(now);
  const counted = async (statement: string, parameters: readonly string[]): Promise<number> => {
    const [row] = await sql.query<{ ended: number }>(
      `WITH ended AS (${statement} RETURNING 1) SELECT count(*)::int4 AS ended FROM ended`,
      parameters,
    );
    return row?.ended ?? 0;
  };
  const live = `"endedAt" IS NULL AND "expiresAt" > $1::text::timestamp(3)`;
  const ended = {
    roleSessions: await counted(
      `UPDATE "RoleSession" SET "endedAt" = $1::text::timestamp(3), "endReason" = 'REVOKED' WHERE ${live}`,
      [at],
    ),
    signIns: await counted(`UPDATE "KeySession" SET "endedAt" = $1::text::timestamp(3) WHERE ${live}`, [at]),
    checkers: await counted('DELETE FROM "Checker"', []),
  };
  // A session that was made after the backup has no row, and its token must not wait for one.
  await sql.query(`UPDATE "SigningKey" SET "retiredAt" = $1::text::timestamp(3) WHERE "retiredAt" IS NULL`, [at]);
  await sql.query(
    `INSERT INTO "SigningKey" (generation, "createdAt")
     SELECT coalesce(max(generation), 0) + 1, $1::text::timestamp(3) FROM "SigningKey"`,
    [at],
  );
  return ended;
}

/** Revisions of a lineage begin at its millisecond, times this: no two lineages of a directory share a revision. */
const REVISIONS_OF_A_MILLISECOND = 1_000_000n;

/** Moves the revision behind all that any lineage of this directory can have reached; returns it. */
export async function beginLineage(
  sql: Sql,
  { now, masterKeyFingerprint }: { readonly now: number; readonly masterKeyFingerprint: string | null },
): Promise<bigint> {
  const [row] = await sql.query<{ revision: string }>(
    `UPDATE "DirectoryState" SET revision = greatest(revision + 1, $1::text::bigint),
        "restoredRevision" = greatest(revision + 1, $1::text::bigint), "masterKeyFingerprint" = $2
      WHERE id = 1 RETURNING revision::text AS revision`,
    [String(BigInt(now) * REVISIONS_OF_A_MILLISECOND), masterKeyFingerprint],
  );
  if (row === undefined) throw damaged('the backup is damaged: it has no state of the directory');
  return BigInt(row.revision);
}
