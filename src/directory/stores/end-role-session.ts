import type { Touched } from '../apply/revision.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { SessionEndReason } from './session-store.ts';

/** Ends a role session that has not ended, inside a transaction that holds the write lock; returns what that touches. */
export async function endRoleSession(
  sql: Sql,
  id: string,
  at: number,
  reason: SessionEndReason,
): Promise<readonly Touched[]> {
  const ended = await sql.query<{ arn: string }>(
    `UPDATE "RoleSession" SET "endedAt" = $2::text::timestamp(3), "endReason" = $3::text::"SessionEnd"
      WHERE id = $1 AND "endedAt" IS NULL RETURNING arn`,
    [id, toIso(at), reason],
  );
  return ended.map(({ arn }) => ({ entity: 'RoleSession', entityId: arn }));
}
