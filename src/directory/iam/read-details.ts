import { readInBatches } from '../apply/batches.ts';
import type { RoleInput } from '../document.ts';
import type { ExportedEntities, KeyedRow } from '../exporting/exported.ts';
import { groups, policies, roles, users } from '../exporting/principals.ts';
import type { Sql } from '../prisma/database.ts';
import { boundTrust } from './bound-trust.ts';
import type { AccountDetails } from './iam-store.ts';
import { ENTITY, TODAY } from './read-entities.ts';
import type { EntityRecord } from './records.ts';

async function read<Input>(
  sql: Sql,
  { selectByIds, input }: ExportedEntities<Input>,
  ids: readonly string[],
): Promise<readonly Input[]> {
  const rows = await readInBatches(sql, ids, (part) => sql.query<KeyedRow>(selectByIds, [part]));
  return rows.map((row) => input(row));
}

/** Everything of the entities with these ids, which are in the order of their ARNs, as an export has it. */
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

type ProfileRow = EntityRecord & { readonly roleArn: string };

interface TrustRow {
  readonly arn: string;
  readonly bindings: Readonly<Record<string, string>>;
}

async function withProfiles(
  sql: Sql,
  found: readonly RoleInput[],
  ids: readonly string[],
): Promise<AccountDetails['roles']> {
  if (found.length === 0) return [];
  const profiles = await readInBatches(sql, ids, (part) =>
    sql.query<ProfileRow>(
      `SELECT ${ENTITY}, r.arn AS "roleArn" FROM "InstanceProfile" e JOIN "Role" r ON r.id = e."roleId"
      WHERE e."roleId" = ANY($1::text[]) ORDER BY e.arn COLLATE "C"`,
      [part],
    ),
  );
  const byRole = new Map<string, EntityRecord[]>();
  for (const { roleArn, ...profile } of profiles) byRole.set(roleArn, [...(byRole.get(roleArn) ?? []), profile]);
  const bound = found.flatMap(({ arn, trustBindings }) => (trustBindings === undefined ? [] : [arn]));
  const trust = await readInBatches(sql, bound, (part) =>
    sql.query<TrustRow>(`SELECT e.arn, ${TODAY} AS bindings FROM "Role" e WHERE e.arn = ANY($1::text[])`, [part]),
  );
  const today = new Map(trust.map(({ arn, bindings }) => [arn, bindings]));
  return found.map(({ trustBindings: _ids, ...role }) => ({
    ...role,
    trustPolicy: boundTrust(role.trustPolicy, today.get(role.arn) ?? {}),
    instanceProfiles: byRole.get(role.arn) ?? [],
  }));
}
