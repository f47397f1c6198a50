import { CREATED, named, textOf } from '../exporting/exported.ts';
import type { Sql, SqlParameter } from '../prisma/database.ts';
import { boundTrust } from './bound-trust.ts';
import type { Keyed, ListPage } from './iam-store.ts';
import { NAME_KEY } from './named.ts';
import { readList } from './read-list.ts';
import type { EntityRecord, PrincipalRecord, RoleRecord } from './records.ts';

/** The columns of EntityRecord. */
export const ENTITY = `e.id, e.arn, e.name, e.path, ${CREATED}`;

const PRINCIPAL = `${ENTITY}, e.tags, ${named('arn', 'ManagedPolicy', 'id', 'e."boundaryId"')} AS "permissionsBoundary"`;

/** The names in a trust policy `e` that mean others than they say: those that were renamed by their ARNs of today, others by their ids. */
export const TODAY = `(SELECT coalesce(jsonb_object_agg(b.key, coalesce(u.arn, b.value)), '{}')
    FROM jsonb_each_text(e."trustBindings") b LEFT JOIN "User" u ON u.id = b.value)`;

const ROLE = `${PRINCIPAL}, e.description, e."maxSessionDuration", ${textOf('e."trustPolicyHash"')} AS "trustPolicy", ${TODAY} AS "trustBindings"`;

interface Identified {
  readonly id: string;
}

/** Rows `e` of a table in the order of `ids`; those that are gone are left out. `$1` is the ids. */
export async function byIds<Row extends Identified>(
  sql: Sql,
  table: string,
  columns: string,
  ids: readonly string[],
  parameters: readonly SqlParameter[] = [],
): Promise<readonly Row[]> {
  if (ids.length === 0) return [];
  const rows = await sql.query<Row>(`SELECT ${columns} FROM "${table}" e WHERE e.id = ANY($1::text[])`, [
    ids,
    ...parameters,
  ]);
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id)).filter((row) => row !== undefined);
}

export function readUsers(sql: Sql, ids: readonly string[]): Promise<readonly PrincipalRecord[]> {
  return byIds(sql, 'User', PRINCIPAL, ids);
}

export function readGroups(sql: Sql, ids: readonly string[]): Promise<readonly EntityRecord[]> {
  return byIds(sql, 'Group', ENTITY, ids);
}

type RoleRow = RoleRecord & { readonly trustBindings: Readonly<Record<string, string>> };

export async function readRoles(sql: Sql, ids: readonly string[]): Promise<readonly RoleRecord[]> {
  const rows = await byIds<RoleRow>(sql, 'Role', ROLE, ids);
  return rows.map(({ trustBindings, ...role }) => ({
    ...role,
    trustPolicy: boundTrust(role.trustPolicy, trustBindings),
  }));
}

/** The groups of a user, in the order of their names. */
export function listGroupsOfUser(sql: Sql, userId: string, page: ListPage): Promise<readonly Keyed<EntityRecord>[]> {
  return readList(
    sql,
    {
      columns: ENTITY,
      from: '"GroupMembership" m JOIN "Group" e ON e.id = m."groupId"',
      key: NAME_KEY,
      where: (given) => [`m."userId" = ${given.add(userId)}`],
    },
    page,
  );
}
