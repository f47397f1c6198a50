import { RolegateError } from '../../policy/errors.ts';
import { bindGrantsToDeleted, bindToDeleted } from '../apply/bindings.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import type { Holder, HolderKind } from './holder.ts';
import { checkParts } from './parts.ts';

/** What prevents the deletion of a user, group or role, in the order in which AWS lists it, with the rows that exist. */
interface Dependents {
  readonly entity: string;
  /** Rows whose deletion is a change of its own, by their names in DirectoryChange. */
  readonly names: string;
  /** AWS's message, after `Cannot delete entity, must `. */
  readonly must: string;
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
const DEPENDENTS: Readonly<Record<HolderKind, readonly Dependents[]>> = {
  User: [
    {
      entity: 'AccessKey',
      names: 'SELECT id AS name FROM "AccessKey" WHERE "userId" = $1',
      must: 'delete access keys first.',
    },
    {
      entity: 'MfaDevice',
      names: 'SELECT "serialNumber" AS name FROM "MfaDevice" WHERE "userId" = $1',
      must: 'delete MFA device first.',
    },
    {
      entity: 'User',
      names: 'SELECT u.arn AS name FROM "InlinePolicy" p JOIN "User" u ON u.id = p."userId" WHERE u.id = $1',
      must: 'delete policies first.',
    },
    {
      entity: 'User',
      names: 'SELECT u.arn AS name FROM "PolicyAttachment" p JOIN "User" u ON u.id = p."userId" WHERE u.id = $1',
      must: 'detach all policies first.',
    },
    {
      entity: 'User',
      names: 'SELECT u.arn AS name FROM "GroupMembership" m JOIN "User" u ON u.id = m."userId" WHERE u.id = $1',
      must: 'remove users from group first.',
    },
  ],
  Group: [
    {
      entity: 'Group',
      names: 'SELECT g.arn AS name FROM "InlinePolicy" p JOIN "Group" g ON g.id = p."groupId" WHERE g.id = $1',
      must: 'delete policies first.',
    },
    {
      entity: 'Group',
      names: 'SELECT g.arn AS name FROM "PolicyAttachment" p JOIN "Group" g ON g.id = p."groupId" WHERE g.id = $1',
      must: 'detach all policies first.',
    },
    {
      entity: 'User',
      names: 'SELECT u.arn AS name FROM "GroupMembership" m JOIN "User" u ON u.id = m."userId" WHERE m."groupId" = $1',
      must: 'remove users from group first.',
    },
  ],
  Role: [
    {
      entity: 'Role',
      names: 'SELECT r.arn AS name FROM "InlinePolicy" p JOIN "Role" r ON r.id = p."roleId" WHERE r.id = $1',
      must: 'delete policies first.',
    },
    {
      entity: 'Role',
      names: 'SELECT r.arn AS name FROM "PolicyAttachment" p JOIN "Role" r ON r.id = p."roleId" WHERE r.id = $1',
      must: 'detach all policies first.',
    },
    {
      entity: 'InstanceProfile',
      names: 'SELECT arn AS name FROM "InstanceProfile" WHERE "roleId" = $1',
      must: 'remove roles from instance profile first.',
    },
  ],
};

/**
 * Deletes a user, group or role. Policies that name it stay bound to its unique id: a new entity of that name is another one. A
 * boundary does not prevent the deletion.
 */
export async function deleteHolder(
  sql: Sql,
  holder: Holder,
  {
    withDependents,
    parts,
    at,
  }: { readonly withDependents: boolean; readonly parts: readonly string[] | undefined; readonly at: number },
): Promise<Made> {
  const { kind, id, arn } = holder;
  const changes = new ChangeSet();
  if (withDependents && parts !== undefined) await checkParts(sql, holder, parts);
  for (const { entity, names, must } of DEPENDENTS[kind]) {
    const rows = await sql.query<{ name: string }>(names, [id]);
    if (rows.length === 0) continue;
    if (!withDependents) throw new RolegateError('DeleteConflict', `Cannot delete entity, must ${must}`);
    for (const { name } of rows) changes.touch(entity, name);
  }
  // A group is nobody's principal.
  if (kind !== 'Group') {
    await bindToDeleted(sql, new Map([[arn, id]]), new Set(), changes);
    await bindGrantsToDeleted(sql, new Map([[arn, id]]), new Set(), changes);
  }
  if (kind === 'Role') await endSessions(sql, id, at);
  await sql.query(`DELETE FROM "${kind}" WHERE id = $1`, [id]);
  changes.touch(kind, arn);
  return { touched: changes.touched, result: arn };
}

/** A trigger would end them too, but by the database's clock. */
async function endSessions(sql: Sql, roleId: string, at: number): Promise<void> {
  await sql.query(
    `UPDATE "RoleSession" SET "endedAt" = $2::text::timestamp(3), "endReason" = 'ROLE_DELETED'
      WHERE "roleId" = $1 AND "endedAt" IS NULL AND "expiresAt" > $2::text::timestamp(3)`,
    [roleId, toIso(at)],
  );
}
