import type { Catalog } from '../../catalog/catalog.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { NewAuditEvent } from '../audit-store.ts';
import { changeWithEvent, type Worked } from '../change.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { deleteHolder } from './deletion.ts';
import type { EntityChange, UserChanges, UserName } from './entity-store.ts';
import { changed, findHolder, type Holder, noSuch } from './holder.ts';
import { deleteInlinePolicy, putInlinePolicy } from './inline-policies.ts';
import { attachPolicy, detachPolicy, setBoundary } from './managed-policies.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const GROUPS_PER_USER = 10;

/** The unique id of a group of the user's account. */
async function groupId(sql: Sql, user: Holder, groupArn: string): Promise<string> {
  const [group] = await sql.query<{ id: string }>('SELECT id FROM "Group" WHERE arn = $1 AND "accountId" = $2', [
    groupArn,
    user.accountId,
  ]);
  if (group === undefined) throw noSuch('group', groupArn);
  return group.id;
}

async function addToGroup(sql: Sql, user: Holder, groupArn: string): Promise<Worked<undefined>> {
  const rows = await sql.query(
    'INSERT INTO "GroupMembership" ("userId", "groupId") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING "groupId"',
    [user.id, await groupId(sql, user, groupArn)],
  );
  const [row] = await sql.query<{ groups: number }>(
    'SELECT count(*)::int4 AS groups FROM "GroupMembership" WHERE "userId" = $1',
    [user.id],
  );
  if (rows.length > 0 && (row?.groups ?? 0) > GROUPS_PER_USER) {
    throw new RolegateError('LimitExceeded', `Cannot exceed quota for GroupsPerUser: ${GROUPS_PER_USER}`, {
      field: 'groupArn',
    });
  }
  return changed(user, rows);
}

async function removeFromGroup(sql: Sql, user: Holder, groupArn: string): Promise<Worked<undefined>> {
  const rows = await sql.query(
    'DELETE FROM "GroupMembership" WHERE "userId" = $1 AND "groupId" = $2 RETURNING "groupId"',
    [user.id, await groupId(sql, user, groupArn)],
  );
  return changed(user, rows);
}

/** Changes of users. */
export function userChanges(store: Store, catalog: Catalog): UserChanges {
  const change =
    <I extends UserName>(
      work: (sql: Sql, user: Holder, input: I, at: number) => Promise<Worked<undefined>>,
    ): EntityChange<I> =>
    (input: I, event?: NewAuditEvent) =>
      changeWithEvent(store, event, async (sql, now) =>
        work(sql, await findHolder(sql, 'User', input.userArn), input, event?.at ?? now),
      );
  return {
    deleteUser: change((sql, user, { withDependents = false }, at) => deleteHolder(sql, user, { withDependents, at })),
    putUserPolicy: change((sql, user, { policyName, policyDocument }) =>
      putInlinePolicy(sql, user, policyName, policyDocument),
    ),
    deleteUserPolicy: change((sql, user, { policyName }) => deleteInlinePolicy(sql, user, policyName)),
    attachUserPolicy: change((sql, user, { policyArn }, at) =>
      attachPolicy(sql, { catalog, now: at }, user, policyArn),
    ),
    detachUserPolicy: change((sql, user, { policyArn }) => detachPolicy(sql, user, policyArn)),
    putUserPermissionsBoundary: change((sql, user, { permissionsBoundary }, at) =>
      setBoundary(sql, { catalog, now: at }, user, permissionsBoundary),
    ),
    deleteUserPermissionsBoundary: change((sql, user, _, at) => setBoundary(sql, { catalog, now: at }, user, null)),
    addUserToGroup: change((sql, user, { groupArn }) => addToGroup(sql, user, groupArn)),
    removeUserFromGroup: change((sql, user, { groupArn }) => removeFromGroup(sql, user, groupArn)),
  };
}
