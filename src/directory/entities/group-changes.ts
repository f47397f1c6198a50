import { arnOf, entityName } from '../apply/entity-arn.ts';
import type { Sql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { changed, type Holder } from './holder.ts';
import { holderChanges } from './holder-changes.ts';
import type { Creations, GroupChanges, GroupName, NewGroupName } from './iam-inputs.ts';
import { checkFreeName, madeEntity, newEntity, ownName, renamedArn } from './new-entity.ts';

/** No policy names a group as a principal, so that nothing else has to change. */
async function renameGroup(sql: Sql, group: Holder, arn: string): Promise<Made> {
  if (arn === group.arn) return changed(group, []);
  await checkFreeName(sql, 'Group', await ownName(sql, 'Group', arn), group.id);
  const { name, path } = entityName('Group', arn);
  await sql.query('UPDATE "Group" SET arn = $2, name = $3, path = $4 WHERE id = $1', [group.id, arn, name, path]);
  return { touched: [group.arn, arn].map((entityId) => ({ entity: 'Group', entityId })), result: arn };
}

const of = holderChanges('Group', ({ groupArn }: GroupName) => groupArn);

/** Changes of groups. */
export const GROUP_CHANGES: Pick<Creations, 'createGroup'> & GroupChanges = {
  createGroup: async (sql, { groupName, ...given }, tools) => {
    const groupArn = arnOf('Group', given, groupName);
    const { id, accountId, name, path, createdAt } = await newEntity(sql, 'Group', groupArn, tools);
    await sql.query(
      'INSERT INTO "Group" (id, arn, "accountId", name, path, "createdAt") VALUES ($1, $2, $3, $4, $5, $6::text::timestamp(3))',
      [id, groupArn, accountId, name, path, createdAt],
    );
    return madeEntity('Group', { arn: groupArn, accountId });
  },
  updateGroup: of.change<GroupName & NewGroupName>((sql, group, { newGroupName, newPath }) =>
    renameGroup(sql, group, renamedArn(group.arn, { name: newGroupName, path: newPath })),
  ),
  deleteGroup: of.deletion,
  putGroupPolicy: of.putPolicy,
  deleteGroupPolicy: of.deletePolicy,
  attachGroupPolicy: of.attachPolicy,
  detachGroupPolicy: of.detachPolicy,
};
