import type { Parameters } from '../parameters.ts';
import type { Sql } from '../prisma/database.ts';
import type { Keyed, ListPage, WithPath } from './iam-store.ts';
import { accountColumn, NAME_KEY } from './named.ts';
import { byIds, ENTITY, readRoles } from './read-entities.ts';
import { beginsWith, readList } from './read-list.ts';
import type { InstanceProfileRecord } from './records.ts';

type ProfileRow = Omit<InstanceProfileRecord, 'role'> & { readonly roleId: string | null };

const PROFILE = `${ENTITY}, e.tags, e."roleId"`;

/** The profiles with their roles, read in one statement. */
async function withRoles<Row extends ProfileRow>(
  sql: Sql,
  rows: readonly Row[],
): Promise<readonly (Omit<Row, 'roleId'> & InstanceProfileRecord)[]> {
  const ids = new Set(rows.map(({ roleId }) => roleId).filter((id) => id !== null));
  const roles = new Map((await readRoles(sql, [...ids])).map((role) => [role.id, role]));
  return rows.map(({ roleId, ...profile }) => ({ ...profile, role: roles.get(roleId ?? '') ?? null }));
}

async function list(
  sql: Sql,
  where: (given: Parameters) => readonly string[],
  page: ListPage,
): Promise<readonly Keyed<InstanceProfileRecord>[]> {
  const source = { columns: PROFILE, from: '"InstanceProfile" e', key: NAME_KEY, where };
  return withRoles(sql, await readList<ProfileRow>(sql, source, page));
}

export function listInstanceProfiles(
  sql: Sql,
  { accountId, path }: { readonly accountId: string } & WithPath,
  page: ListPage,
): Promise<readonly Keyed<InstanceProfileRecord>[]> {
  return list(
    sql,
    (given) => [
      `${accountColumn('InstanceProfile')} = ${given.add(accountId)}`,
      ...(path === '/' ? [] : [beginsWith('e.path', path, given)]),
    ],
    page,
  );
}

export function listInstanceProfilesOfRole(
  sql: Sql,
  roleId: string,
  page: ListPage,
): Promise<readonly Keyed<InstanceProfileRecord>[]> {
  return list(sql, (given) => [`e."roleId" = ${given.add(roleId)}`], page);
}

export async function readInstanceProfile(sql: Sql, id: string): Promise<InstanceProfileRecord | null> {
  const [profile] = await withRoles(sql, await byIds<ProfileRow>(sql, 'InstanceProfile', PROFILE, [id]));
  return profile ?? null;
}
