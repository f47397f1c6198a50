import type { Sql } from '../prisma/database.ts';
import type { ChangeSet, Row } from './change-set.ts';
import { COUNTED } from './conclude.ts';
import { type EntityKind, entityName } from './entity-arn.ts';

/** What policies are attached to. */
const HOLDERS = ['User', 'Group', 'Role'] as const;

/** Plans the deletion of entities, by their ARNs. What belongs to them goes with their rows. */
export function planRemovals(kind: EntityKind, gone: ReadonlyMap<string, string>, changes: ChangeSet): void {
  for (const [arn, id] of gone) {
    changes.delete(kind, { id });
    changes.touch(kind, arn);
    changes.counts.add(entityName(kind, arn).accountId, COUNTED[kind], 'gone');
  }
}

function idsOf(rows: readonly Row[] = []): readonly string[] {
  return rows.map((row) => String(row['id']));
}

/** What has rows of its own and changes with the deletion of users and roles: keys, MFA devices, instance profiles. */
export async function touchDependents(sql: Sql, changes: ChangeSet): Promise<void> {
  const users = idsOf(changes.deletions.get('User'));
  const roles = idsOf(changes.deletions.get('Role'));
  if (users.length + roles.length === 0) return;
  const rows = await sql.query<{ entity: string; name: string }>(
    `SELECT 'AccessKey' AS entity, id AS name FROM "AccessKey" WHERE "userId" = ANY($1::text[])
     UNION ALL SELECT 'MfaDevice', "serialNumber" FROM "MfaDevice" WHERE "userId" = ANY($1::text[])
     UNION ALL SELECT 'InstanceProfile', arn FROM "InstanceProfile" WHERE "roleId" = ANY($2::text[])`,
    [users, roles],
  );
  for (const { entity, name } of rows) changes.touch(entity, name);
}

/** A stored use of a policy: an attachment, or a boundary (`attachment` null). */
interface Use {
  readonly policyId: string;
  readonly attachment: string | null;
  readonly holderId: string;
}

function readUses(sql: Sql, policyIds: readonly string[]): Promise<readonly Use[]> {
  return sql.query(
    `WITH own AS (SELECT unnest($1::text[]) AS id)
     SELECT a."policyId", a.id AS attachment, coalesce(a."userId", a."groupId", a."roleId") AS "holderId"
       FROM "PolicyAttachment" a JOIN own ON own.id = a."policyId"
     UNION ALL SELECT own.id, NULL, u.id FROM "User" u JOIN own ON own.id = u."boundaryId"
     UNION ALL SELECT own.id, NULL, r.id FROM "Role" r JOIN own ON own.id = r."boundaryId"`,
    [policyIds],
  );
}

/** Ids of policies that are attached or boundaries once the changes are written, of which `stored` are the uses before. */
function usedPolicies(stored: readonly Use[], changes: ChangeSet): ReadonlySet<string> {
  const detached = new Set(idsOf(changes.deletions.get('PolicyAttachment')));
  const deleted = new Set(HOLDERS.flatMap((kind) => idsOf(changes.deletions.get(kind))));
  const renamed = new Map(
    HOLDERS.flatMap((kind) => changes.renames.get(kind) ?? []).map(({ from, to }) => [from, to] as const),
  );
  const holders = HOLDERS.flatMap((kind) => changes.written(kind));
  const written = new Set(idsOf(holders));
  const remains = ({ attachment, holderId }: Use): boolean => {
    if (deleted.has(holderId)) return false;
    // The row of a holder says which boundary it has from now on.
    return attachment === null ? !written.has(renamed.get(holderId) ?? holderId) : !detached.has(attachment);
  };
  const attachments = changes.written('PolicyAttachment');
  return new Set([
    ...stored.filter(remains).map(({ policyId }) => policyId),
    ...attachments.map((row) => String(row['policyId'])),
    ...holders.map((row) => String(row['boundaryId'])),
  ]);
}

/**
 * Of the policies that are gone, those that nothing uses once everything else is written: AWS deletes no policy that is
 * attached or a boundary. Warns of the others.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
 */
export async function removablePolicies(
  sql: Sql,
  gone: ReadonlyMap<string, string>,
  changes: ChangeSet,
): Promise<ReadonlyMap<string, string>> {
  if (gone.size === 0) return gone;
  const used = usedPolicies(await readUses(sql, [...gone.values()]), changes);
  const removable = new Map<string, string>();
  for (const [arn, id] of gone) {
    if (!used.has(id)) removable.set(arn, id);
    else
      changes.warn(`policy ${arn}: it is not in its account any more, and stays because it is attached or a boundary`);
  }
  return removable;
}
