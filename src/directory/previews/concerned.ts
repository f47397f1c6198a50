import type { Touched } from '../apply/touched.ts';
import { WITH_POLICY } from '../prisma/arn-page.ts';
import type { Sql } from '../prisma/database.ts';

/** Names of stored things by which users and roles are concerned by a change. */
export interface Concerning {
  /** ARNs of groups: their members. */
  readonly groups: readonly string[];
  /** ARNs of managed policies: whoever has them, directly, through a group, or as permissions boundary. */
  readonly policies: readonly string[];
  /** Ids of accounts: everybody in them. */
  readonly accounts: readonly string[];
  /** As in evaluation/principal-names.ts; null: everybody. */
  readonly names: ReadonlySet<string> | null;
}

/** Each part has an index of its own. */
const concerned = (table: string, column: string): string => `
  SELECT arn FROM ${table} WHERE $7::boolean OR "accountId" = ANY($3::text[])
  UNION SELECT arn FROM ${table} WHERE arn = ANY($4::text[])
  UNION SELECT arn FROM ${table} WHERE id = ANY($5::text[])
  UNION SELECT e.arn FROM ${table} e JOIN "ManagedPolicy" p ON p.id = e."boundaryId" WHERE p.arn = ANY($2::text[])
  UNION SELECT e.arn FROM ${table} e JOIN "PolicyAttachment" a ON a."${column}" = e.id
    JOIN "ManagedPolicy" p ON p.id = a."policyId" WHERE p.arn = ANY($2::text[])`;

const USERS = `${concerned('"User"', 'userId')}
  UNION SELECT e.arn FROM "Group" g JOIN "GroupMembership" m ON m."groupId" = g.id JOIN "User" e ON e.id = m."userId"
    WHERE g.arn = ANY($1::text[])
  UNION SELECT e.arn FROM "ManagedPolicy" p JOIN "PolicyAttachment" a ON a."policyId" = p.id
    JOIN "GroupMembership" m ON m."groupId" = a."groupId" JOIN "User" e ON e.id = m."userId" WHERE p.arn = ANY($2::text[])`;

const ROLES = `${concerned('"Role"', 'roleId')}
  UNION SELECT e.arn FROM unnest($6::text[]) s(of) JOIN "Role" e
    ON e."accountId" = split_part(s.of, '/', 1) AND e.name = split_part(s.of, '/', 2)`;

/** ARNs of stored users and roles that are concerned, in their order: users before roles, at most `most`. */
export async function readConcerned(sql: Sql, concerning: Concerning, most: number): Promise<readonly string[]> {
  const { groups, policies, accounts, names } = concerning;
  const named = (kind: string): string[] =>
    [...(names ?? [])].flatMap((name) => (name.startsWith(`${kind} `) ? [name.slice(kind.length + 1)] : []));
  const parameters = [
    [...groups],
    [...policies],
    [...accounts, ...named('account')],
    named('arn'),
    named('id'),
    named('sessions').flatMap(roleOf),
    names === null,
  ];
  const rows = await sql.query<{ arn: string }>(
    `SELECT arn FROM (SELECT arn, 0 AS kind FROM (${USERS}) u UNION ALL SELECT arn, 1 FROM (${ROLES}) r) c
     ORDER BY kind, arn LIMIT ${most}`,
    parameters,
  );
  return rows.map(({ arn }) => arn);
}

/** `arn:aws:sts::123456789012:assumed-role/Name/`: the account and name of its role. */
function roleOf(sessions: string): readonly string[] {
  const [, , , , account = '', path = ''] = sessions.split(':');
  const [, name = ''] = path.split('/');
  return [`${account}/${name}`];
}

/** ARNs or ids of the entities of one kind. */
export function idsOf(touched: readonly Touched[], kind: string): readonly string[] {
  return [...new Set(touched.flatMap(({ entity, entityId }) => (entity === kind ? [entityId] : [])))];
}

/** Ids of the accounts of these organizations. */
export async function accountsOf(sql: Sql, organizations: readonly string[]): Promise<readonly string[]> {
  if (organizations.length === 0) return [];
  const rows = await sql.query<{ id: string }>(
    'SELECT id FROM "Account" WHERE "organizationId" = ANY($1::text[]) ORDER BY id',
    [organizations],
  );
  return rows.map(({ id }) => id);
}

/** ARNs of the roles of some accounts, and of their resources with policies, at most `most`. */
export async function bearersIn(sql: Sql, accounts: readonly string[], most: number): Promise<readonly string[]> {
  if (accounts.length === 0) return [];
  const rows = await sql.query<{ arn: string }>(
    `SELECT arn FROM (SELECT arn FROM "Resource" WHERE "accountId" = ANY($1::text[]) ${WITH_POLICY}
       UNION SELECT arn FROM "Role" WHERE "accountId" = ANY($1::text[])) b ORDER BY arn LIMIT ${most}`,
    [accounts],
  );
  return rows.map(({ arn }) => arn);
}
