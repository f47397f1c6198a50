import { RolegateError } from '../../policy/errors.ts';
import { arnOf, entityName } from '../apply/entity-arn.ts';
import type { Sql } from '../prisma/database.ts';
import { type ChangeOf, type Made, reading } from './change-of.ts';
import { findHolder, noSuch, quotaExceeded } from './holder.ts';
import type { Creations, InstanceProfileChanges, InstanceProfileName } from './iam-inputs.ts';
import { madeEntity, newEntity } from './new-entity.ts';
import { PARTS, refuseOthers } from './parts.ts';
import { changeTags, withoutTags, withTags } from './tags.ts';

interface Profile {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** Null: it has none. */
  readonly roleId: string | null;
}

function changedProfile({ arn }: Profile, isChanged = true): Made {
  return { touched: isChanged ? [{ entity: 'InstanceProfile', entityId: arn }] : [], result: arn };
}

/** The way of every change of a profile, which is found in the transaction of the change. */
const change =
  <I extends InstanceProfileName>(work: (sql: Sql, profile: Profile, input: I) => Promise<Made>): ChangeOf<I> =>
  async (sql, input) => {
    const [profile] = await sql.query<Profile>('SELECT id, arn, name, "roleId" FROM "InstanceProfile" WHERE arn = $1', [
      input.instanceProfileArn,
    ]);
    if (profile === undefined) {
      const why = `Instance Profile ${entityName('InstanceProfile', input.instanceProfileArn).name} cannot be found.`;
      throw new RolegateError('NoSuchEntity', why, { field: 'instanceProfileArn' });
    }
    const own = { entity: 'InstanceProfile', entityId: profile.arn };
    return reading(await work(sql, profile, input), own);
  };

const createInstanceProfile: Creations['createInstanceProfile'] = async (sql, input, tools) => {
  const { tags } = input;
  const arn = arnOf('InstanceProfile', input, input.instanceProfileName);
  const { id, accountId, name, path, createdAt } = await newEntity(sql, 'InstanceProfile', arn, tools);
  await sql.query(
    `INSERT INTO "InstanceProfile" (id, arn, name, path, "createdAt", tags)
     VALUES ($1, $2, $3, $4, $5::text::timestamp(3), $6::text::jsonb)`,
    [id, arn, name, path, createdAt, JSON.stringify(withTags('InstanceProfile', {}, tags ?? []))],
  );
  return madeEntity('InstanceProfile', { arn, accountId });
};

const deleteInstanceProfile: InstanceProfileChanges['deleteInstanceProfile'] = change(
  async (sql, profile, { withDependents = false, parts }) => {
    if (profile.roleId !== null && !withDependents) {
      const why = 'Cannot delete entity, must remove roles from instance profile first.';
      throw new RolegateError('DeleteConflict', why);
    }
    refuseOthers(profile.arn, profile.roleId === null ? [] : [PARTS.role], withDependents ? parts : undefined);
    await sql.query('DELETE FROM "InstanceProfile" WHERE id = $1', [profile.id]);
    return changedProfile(profile);
  },
);

const addRole: InstanceProfileChanges['addRoleToInstanceProfile'] = change(async (sql, profile, { roleArn }) => {
  const role = await findHolder(sql, 'Role', roleArn);
  if (role.accountId !== profile.arn.split(':')[4]) throw noSuch('role', roleArn);
  // IAM's name of the quota. A role that is in it already is one too many as well.
  if (profile.roleId !== null) throw quotaExceeded('InstanceSessionsPerInstanceProfile', 1, 'roleArn');
  await sql.query('UPDATE "InstanceProfile" SET "roleId" = $2 WHERE id = $1', [profile.id, role.id]);
  return reading(changedProfile(profile), { entity: 'Role', entityId: roleArn });
});

const removeRole: InstanceProfileChanges['removeRoleFromInstanceProfile'] = change(
  async (sql, profile, { roleArn }) => {
    const role = await findHolder(sql, 'Role', roleArn);
    if (profile.roleId !== role.id) {
      const why = `Role ${role.name} in Instance Profile ${profile.name} cannot be found.`;
      throw new RolegateError('NoSuchEntity', why, { field: 'roleArn' });
    }
    await sql.query('UPDATE "InstanceProfile" SET "roleId" = NULL WHERE id = $1', [profile.id]);
    return reading(changedProfile(profile), { entity: 'Role', entityId: roleArn });
  },
);

/** Changes of instance profiles. */
export const INSTANCE_PROFILE_CHANGES: Pick<Creations, 'createInstanceProfile'> & InstanceProfileChanges = {
  createInstanceProfile,
  deleteInstanceProfile,
  addRoleToInstanceProfile: addRole,
  removeRoleFromInstanceProfile: removeRole,
  tagInstanceProfile: change(async (sql, profile, { tags }) => {
    const added = (stored: Readonly<Record<string, string>>) => withTags('InstanceProfile', stored, tags);
    return changedProfile(profile, await changeTags(sql, 'InstanceProfile', profile.id, added));
  }),
  untagInstanceProfile: change(async (sql, profile, { tagKeys }) => {
    const without = (stored: Readonly<Record<string, string>>) => withoutTags(stored, tagKeys);
    return changedProfile(profile, await changeTags(sql, 'InstanceProfile', profile.id, without));
  }),
};
