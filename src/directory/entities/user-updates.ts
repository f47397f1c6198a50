import { arnOf } from '../apply/entity-arn.ts';
import { firstBoundary } from './attachments.ts';
import type { UserName } from './entity-inputs.ts';
import { changed } from './holder.ts';
import { holderChanges } from './holder-changes.ts';
import type { Creations, GivenTagKeys, GivenTags, NewUserName, UserUpdates } from './iam-inputs.ts';
import { madeEntity, newEntity, renamedArn } from './new-entity.ts';
import { renameUser } from './rename-user.ts';
import { changeTags, withoutTags, withTags } from './tags.ts';

const of = holderChanges('User', ({ userArn }: UserName) => userArn);

/** What makes users, and changes what they are. */
export const USER_UPDATES: Pick<Creations, 'createUser'> & UserUpdates = {
  createUser: async (sql, { userName, permissionsBoundary, tags, ...given }, tools) => {
    const userArn = arnOf('User', given, userName);
    const { id, accountId, name, path, createdAt } = await newEntity(sql, 'User', userArn, tools);
    const boundary = await firstBoundary(sql, tools, accountId, permissionsBoundary);
    await sql.query(
      `INSERT INTO "User" (id, arn, "accountId", name, path, "createdAt", tags, "boundaryId")
       VALUES ($1, $2, $3, $4, $5, $6::text::timestamp(3), $7::text::jsonb, $8)`,
      [id, userArn, accountId, name, path, createdAt, JSON.stringify(withTags('User', {}, tags ?? [])), boundary.id],
    );
    const made = madeEntity('User', { arn: userArn, accountId }, ...boundary.read);
    return { ...made, touched: [...boundary.touched, ...made.touched] };
  },
  updateUser: of.change<UserName & NewUserName>((sql, user, { newUserName, newPath }) =>
    renameUser(sql, user, renamedArn(user.arn, { name: newUserName, path: newPath })),
  ),
  tagUser: of.change<UserName & GivenTags>(async (sql, user, { tags }) =>
    changed(user, (await changeTags(sql, 'User', user.id, (stored) => withTags('User', stored, tags))) ? [null] : []),
  ),
  untagUser: of.change<UserName & GivenTagKeys>(async (sql, user, { tagKeys }) =>
    changed(user, (await changeTags(sql, 'User', user.id, (stored) => withoutTags(stored, tagKeys))) ? [null] : []),
  ),
};
