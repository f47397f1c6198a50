import { textOf } from '../exporting/exported.ts';
import { millisecondsOf } from '../instants.ts';
import type { Parameters } from '../parameters.ts';
import type { Sql } from '../prisma/database.ts';
import { storable } from '../storable.ts';
import type { HolderRef, Keyed, ListPage, WithPath } from './iam-store.ts';
import { byIds, ENTITY } from './read-entities.ts';
import { beginsWith, readList } from './read-list.ts';
import type { ManagedPolicyRecord, PolicyVersionRecord } from './records.ts';

/** How often the policy `e` is attached in the account `$2`. Few accounts have many entities; a policy of AWS is used in many. */
const ATTACHMENTS =
  '(SELECT count(*)::int4 FROM "PolicyAttachment" a WHERE a."policyId" = e.id AND a."accountId" = $2)';

function boundaryOf(kind: 'User' | 'Role'): string {
  return `(SELECT count(*)::int4 FROM "${kind}" h WHERE h."boundaryId" = e.id AND h."accountId" = $2)`;
}

const POLICY = `${ENTITY}, e.description, e.tags, e."defaultVersionId",
  ${ATTACHMENTS} AS attachments,
  ${boundaryOf('User')} + ${boundaryOf('Role')} AS boundaries`;

/** Managed policies in the order of `ids`, with their usage in an account. */
export function readPolicies(
  sql: Sql,
  ids: readonly string[],
  accountId: string,
): Promise<readonly ManagedPolicyRecord[]> {
  return byIds(sql, 'ManagedPolicy', POLICY, ids, [accountId]);
}

export async function readPolicy(sql: Sql, arn: string, accountId: string): Promise<ManagedPolicyRecord | null> {
  const [row] = await sql.query<ManagedPolicyRecord>(`SELECT ${POLICY} FROM "ManagedPolicy" e WHERE e.arn = $1`, [
    storable(arn),
    accountId,
  ]);
  return row ?? null;
}

const VERSION = `e."versionId", ${textOf('e."documentHash"')} AS document, ${millisecondsOf('e."createdAt"')} AS "createdAt",
  e."versionId" = p."defaultVersionId" AS "isDefault"`;
const VERSIONS = '"PolicyVersion" e JOIN "ManagedPolicy" p ON p.id = e."policyId"';

export async function readPolicyVersion(
  sql: Sql,
  policyId: string,
  versionId: string,
): Promise<PolicyVersionRecord | null> {
  const [row] = await sql.query<PolicyVersionRecord>(
    `SELECT ${VERSION} FROM ${VERSIONS} WHERE e."policyId" = $1 AND e."versionId" = $2`,
    [policyId, storable(versionId)],
  );
  return row ?? null;
}

/** Newest first, as IAM lists them: the key falls as the number rises. Ids that are no `v1`, `v2` … come last. */
const VERSION_KEY = `(to_char(999999999 - coalesce(substring(e."versionId" from '^v([0-9]{1,9})$')::int8, 0), 'FM000000000') || e."versionId") COLLATE "C"`;

export function listPolicyVersions(
  sql: Sql,
  policyId: string,
  page: ListPage,
): Promise<readonly Keyed<PolicyVersionRecord>[]> {
  const where = (given: Parameters): readonly string[] => [`e."policyId" = ${given.add(policyId)}`];
  return readList(sql, { columns: VERSION, from: VERSIONS, key: VERSION_KEY, where }, page);
}

export function listInlinePolicies(
  sql: Sql,
  { column, id }: HolderRef,
  page: ListPage,
): Promise<readonly Keyed<{ readonly name: string }>[]> {
  return readList(
    sql,
    {
      columns: 'e.name',
      from: '"InlinePolicy" e',
      key: 'e.name COLLATE "C"',
      where: (given) => [`e."${column}" = ${given.add(id)}`],
    },
    page,
  );
}

export async function readInlinePolicy(
  sql: Sql,
  { column, id }: HolderRef,
  name: string,
): Promise<{ readonly name: string; readonly document: string } | null> {
  const [row] = await sql.query<{ readonly name: string; readonly document: string }>(
    `SELECT e.name, ${textOf('e."documentHash"')} AS document FROM "InlinePolicy" e WHERE e."${column}" = $1 AND e.name = $2`,
    [id, storable(name)],
  );
  return row ?? null;
}

export function listAttachedPolicies(
  sql: Sql,
  { column, id, path }: HolderRef & WithPath,
  page: ListPage,
): Promise<readonly Keyed<{ readonly name: string; readonly arn: string }>[]> {
  return readList(
    sql,
    {
      columns: 'e.name, e.arn',
      from: '"PolicyAttachment" a JOIN "ManagedPolicy" e ON e.id = a."policyId"',
      key: 'e.arn COLLATE "C"',
      where: (given) => [`a."${column}" = ${given.add(id)}`, beginsWith('e.path', path, given)],
    },
    page,
  );
}
