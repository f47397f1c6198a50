import type { Touched } from '../apply/revision.ts';
import { changesOf, type TouchedRows, touchedSince } from '../gather/revision-rows.ts';
import {
  type AttachedRow,
  BOUNDARY,
  DEFAULT_VERSION,
  type HolderRow,
  holder,
  type RoleRow,
  type UserRow,
} from '../gather/rows.ts';
import type { Sql } from '../prisma/database.ts';

export type IndexedUserRow = Pick<
  UserRow,
  'id' | 'arn' | 'inline' | 'attached' | 'accountId' | 'tags' | 'boundary' | 'groups'
>;
export type IndexedRoleRow = Pick<
  RoleRow,
  'id' | 'arn' | 'inline' | 'attached' | 'accountId' | 'tags' | 'boundary' | 'trustPolicyHash' | 'trustBindings'
>;

/** What one page or look-up has found, and the state of the database that it is of. */
export interface PrincipalRows {
  readonly revision: bigint;
  readonly users: readonly IndexedUserRow[];
  readonly roles: readonly IndexedRoleRow[];
  readonly groups: readonly HolderRow[];
  readonly policies: readonly AttachedRow[];
}

/** Rows of one statement: few enough that it keeps nobody waiting on the embedded store. */
export const PRINCIPAL_PAGE = 250;

const USER = `json_build_object(${holder('userId')}, 'accountId', e."accountId", 'tags', e.tags, 'boundary', ${BOUNDARY},
  'groups', (SELECT coalesce(json_agg(m."groupId"), '[]') FROM "GroupMembership" m WHERE m."userId" = e.id))`;
const ROLE = `json_build_object(${holder('roleId')}, 'accountId', e."accountId", 'tags', e.tags, 'boundary', ${BOUNDARY},
  'trustPolicyHash', e."trustPolicyHash", 'trustBindings', e."trustBindings")`;
const GROUP = `json_build_object(${holder('groupId')})`;
const REVISION = '(SELECT revision::text FROM "DirectoryState" WHERE id = 1) AS revision';

const pageOf = (table: string, row: string): string =>
  `SELECT ${REVISION}, (SELECT coalesce(json_agg(${row} ORDER BY e.arn), '[]')
     FROM (SELECT * FROM ${table} WHERE arn > $1 ORDER BY arn LIMIT ${PRINCIPAL_PAGE}) e) AS rows`;

const PAGES = { groups: pageOf('"Group"', GROUP), users: pageOf('"User"', USER), roles: pageOf('"Role"', ROLE) };

export type PageKind = keyof typeof PAGES;

/** A page of one kind, behind an ARN. */
export async function readPrincipalPage(
  sql: Sql,
  kind: PageKind,
  after: string,
): Promise<{ readonly rows: PrincipalRows; readonly last: string | null }> {
  const [found] = await sql.query<{ revision: string; rows: readonly { readonly arn: string }[] }>(PAGES[kind], [
    after,
  ]);
  const rows = found?.rows ?? [];
  return {
    rows: { ...NOTHING, revision: BigInt(found?.revision ?? 0), [kind]: rows },
    last: rows.length < PRINCIPAL_PAGE ? null : (rows.at(-1)?.arn ?? null),
  };
}

const NOTHING: Omit<PrincipalRows, 'revision'> = { users: [], roles: [], groups: [], policies: [] };

/** ARNs of what is to be read again. */
export interface PrincipalNames {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly policies: readonly string[];
}

const NAMED = `SELECT ${REVISION}, ${touchedSince('$5')} AS touched,
  (SELECT coalesce(json_agg(${USER}), '[]') FROM "User" e WHERE e.arn = ANY($1::text[])) AS users,
  (SELECT coalesce(json_agg(${ROLE}), '[]') FROM "Role" e WHERE e.arn = ANY($2::text[])) AS roles,
  (SELECT coalesce(json_agg(${GROUP}), '[]') FROM "Group" e WHERE e.arn = ANY($3::text[])) AS groups,
  (SELECT coalesce(json_agg(json_build_array(p.arn, p.name, v."documentHash")), '[]')
     FROM "ManagedPolicy" p ${DEFAULT_VERSION} WHERE p.arn = ANY($4::text[])) AS policies`;

/** What is stored of these, of one state of the database, and what was touched since a revision; null: too much to list. */
export async function readNamedPrincipals(
  sql: Sql,
  { users, roles, groups, policies }: PrincipalNames,
  since: bigint,
): Promise<PrincipalRows & { readonly touched: readonly Touched[] | null }> {
  const [row] = await sql.query<Omit<PrincipalRows, 'revision'> & { revision: string; touched: TouchedRows }>(NAMED, [
    users,
    roles,
    groups,
    policies,
    String(since),
  ]);
  if (row === undefined) throw new Error('a statement without FROM answered no row');
  return { ...row, revision: BigInt(row.revision), touched: changesOf(row.touched) };
}
