import type { RoleInput } from '../document.ts';
import type { ExportedEntities, KeyedRow } from '../exporting/exported.ts';
import { groups, policies, roles, users } from '../exporting/principals.ts';
import type { Sql } from '../prisma/database.ts';
import { boundTrust } from './bound-trust.ts';
import type { AccountDetails } from './iam-store.ts';
import { ENTITY } from './read-entities.ts';
import type { EntityRecord } from './records.ts';

async function read<Input>(
  sql: Sql,
  { selectByIds, input }: ExportedEntities<Input>,
  ids: readonly string[],
): Promise<readonly Input[]> {
  if (ids.length === 0) return [];
  return (await sql.query<KeyedRow>(selectByIds, [ids])).map((row) => input(row));
}

/** Everything of the entities with these ids, as an export has it. */
export async function readDetails(
  sql: Sql,
  ids: Readonly<Record<'users' | 'groups' | 'roles' | 'policies', readonly string[]>>,
): Promise<AccountDetails> {
  return {
    users: await read(sql, users, ids.users),
    groups: await read(sql, groups, ids.groups),
    roles: await withProfiles(sql, await read(sql, roles, ids.roles), ids.roles),
    policies: await read(sql, policies, ids.policies),
  };
}

type Bindings = NonNullable<RoleInput['trustBindings']>;

/** Names that mean others than they say: those that were renamed by their ARNs of today, others by their ids. */
async function renamedSince(sql: Sql, roles: readonly RoleInput[]): Promise<(bindings: Bindings) => Bindings> {
  const ids = roles.flatMap(({ trustBindings = {} }) => Object.values(trustBindings));
  const rows =
    ids.length === 0
      ? []
      : await sql.query<{ id: string; arn: string }>('SELECT id, arn FROM "User" WHERE id = ANY($1::text[])', [ids]);
  const arns = new Map(rows.map(({ id, arn }) => [id, arn]));
  return (bindings) => Object.fromEntries(Object.entries(bindings).map(([name, id]) => [name, arns.get(id) ?? id]));
}

type ProfileRow = EntityRecord & { readonly roleArn: string };

async function withProfiles(
  sql: Sql,
  found: readonly RoleInput[],
  ids: readonly string[],
): Promise<AccountDetails['roles']> {
  if (found.length === 0) return [];
  const profiles = await sql.query<ProfileRow>(
    `SELECT ${ENTITY}, r.arn AS "roleArn" FROM "InstanceProfile" e JOIN "Role" r ON r.id = e."roleId"
      WHERE e."roleId" = ANY($1::text[]) ORDER BY e.arn COLLATE "C"`,
    [ids],
  );
  const byRole = new Map<string, EntityRecord[]>();
  for (const { roleArn, ...profile } of profiles) byRole.set(roleArn, [...(byRole.get(roleArn) ?? []), profile]);
  const today = await renamedSince(sql, found);
  return found.map(({ trustBindings = {}, ...role }) => ({
    ...role,
    trustPolicy: boundTrust(role.trustPolicy, today(trustBindings)),
    instanceProfiles: byRole.get(role.arn) ?? [],
  }));
}
