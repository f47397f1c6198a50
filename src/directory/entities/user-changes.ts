import type { Sql } from '../prisma/database.ts';
import { type Made, reading } from './change-of.ts';
import type { UserChanges, UserName } from './entity-inputs.ts';
import { changed, type Holder, noSuch, quotaExceeded } from './holder.ts';
import { holderChanges } from './holder-changes.ts';
import { GROUPS_PER_USER } from './quotas.ts';

/** The unique id of a group of the user's account. */
async function groupId(sql: Sql, user: Holder, groupArn: string): Promise<string> {
  const [group] = await sql.query<{ id: string }>('SELECT id FROM "Group" WHERE arn = $1 AND "accountId" = $2', [
    groupArn,
    user.accountId,
  ]);
  if (group === undefined) throw noSuch('group', groupArn);
  return group.id;
}

async function addToGroup(sql: Sql, user: Holder, groupArn: string): Promise<Made> {
  const rows = await sql.query(
    'INSERT INTO "GroupMembership" ("userId", "groupId") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING "groupId"',
    [user.id, await groupId(sql, user, groupArn)],
  );
  const [row] = await sql.query<{ groups: number }>(
    'SELECT count(*)::int4 AS groups FROM "GroupMembership" WHERE "userId" = $1',
    [user.id],
  );
  const { quota, most } = GROUPS_PER_USER;
  if (rows.length > 0 && (row?.groups ?? 0) > most) throw quotaExceeded(quota, most, 'groupArn');
  return changed(user, rows);
}

async function removeFromGroup(sql: Sql, user: Holder, groupArn: string): Promise<Made> {
  const rows = await sql.query(
    'DELETE FROM "GroupMembership" WHERE "userId" = $1 AND "groupId" = $2 RETURNING "groupId"',
    [user.id, await groupId(sql, user, groupArn)],
  );
  return changed(user, rows);
}

interface GroupName {
  readonly groupArn: string;
}

const of = holderChanges('User', ({ userArn }: UserName) => userArn);

/** Changes of users. */
export const USER_CHANGES: UserChanges = {
  deleteUser: of.deletion,
  putUserPolicy: of.putPolicy,
  deleteUserPolicy: of.deletePolicy,
  attachUserPolicy: of.attachPolicy,
  detachUserPolicy: of.detachPolicy,
  putUserPermissionsBoundary: of.putBoundary,
  deleteUserPermissionsBoundary: of.deleteBoundary,
  addUserToGroup: of.change<UserName & GroupName>(async (sql, user, { groupArn }) =>
    reading(await addToGroup(sql, user, groupArn), { entity: 'Group', entityId: groupArn }),
  ),
  removeUserFromGroup: of.change<UserName & GroupName>(async (sql, user, { groupArn }) =>
    reading(await removeFromGroup(sql, user, groupArn), { entity: 'Group', entityId: groupArn }),
  ),
};
