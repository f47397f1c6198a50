import { parseArn } from '../../policy/arn.ts';
import type { Touched } from '../apply/revision.ts';
import type { StoredResource } from '../apply/stored.ts';
import type { Sql } from '../prisma/database.ts';

// Tags of accounts, units, roots and control policies are those of a resource under the ARN that AWS Organizations gives to each:
// so they count in every condition on aws:ResourceTag of organizations:*.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging.html

/** The part of an ARN after the account. */
const PART =
  /^(?:(account|ou|root)\/(o-[a-z0-9]+)|(policy)\/(o-[a-z0-9]+)\/(?:service|resource)_control_policy)\/([a-z0-9-]+)$/;

/** The ARN $4 is of the partition of the management account. */
const IN_PARTITION = `split_part($4, ':', 2) = coalesce((SELECT a.partition FROM "Account" a WHERE a.id = o."managementAccountId"), 'aws')`;

/** Where each kind of part is found, of the organization $1 with the management account $2; $3: its id, $4: its ARN. */
const FOUND = {
  account: `SELECT 1 FROM "Organization" o JOIN "Account" p ON p."organizationId" = o.id AND p.id = $3
     WHERE o.id = $1 AND o."managementAccountId" = $2 AND ${IN_PARTITION}`,
  ou: `SELECT 1 FROM "Organization" o JOIN "OrganizationalUnit" p ON p."organizationId" = o.id AND p.id = $3
     WHERE o.id = $1 AND o."managementAccountId" = $2 AND ${IN_PARTITION}`,
  root: `SELECT 1 FROM "Organization" o WHERE o.id = $1 AND o."managementAccountId" = $2 AND o."rootId" = $3 AND ${IN_PARTITION}`,
  policy: `SELECT 1 FROM "Organization" o JOIN "ControlPolicy" p ON p."organizationId" = o.id AND p.id = $3
     WHERE o.id = $1 AND o."managementAccountId" = $2 AND p.arn = $4`,
} as const;

/** A part of an organization that has no tags yet, as a resource of its management account. Null: the ARN names none. */
export async function partOfOrganization(
  sql: Sql,
  arn: string,
): Promise<Pick<StoredResource, 'accountId' | 'tags'> | null> {
  const { service, accountId = '', resource = '' } = parseArn(arn) ?? {};
  const [, node, ofNode, policy, ofPolicy, id = ''] = PART.exec(resource) ?? [];
  const kind = node ?? policy;
  const organizationId = ofNode ?? ofPolicy ?? '';
  if (service !== 'organizations' || kind === undefined) return null;
  const found = await sql.query(FOUND[kind as keyof typeof FOUND], [organizationId, accountId, id, arn]); // as: one of PART
  return found.length === 0 ? null : { accountId, tags: {} };
}

/** Removes the tags of accounts, units or a root that leave the organization, by their ids. */
export async function forgetTags(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
): Promise<readonly Touched[]> {
  const rows = await sql.query<{ arn: string }>(
    `DELETE FROM "Resource" WHERE arn = ANY(ARRAY(
       SELECT 'arn:' || coalesce(a.partition, 'aws') || ':organizations::' || o."managementAccountId" || ':' || kind || '/' || o.id || '/' || part.id
         FROM "Organization" o LEFT JOIN "Account" a ON a.id = o."managementAccountId"
              CROSS JOIN unnest($2::text[]) AS part(id) CROSS JOIN unnest(ARRAY['account', 'ou', 'root']) AS kind
        WHERE o.id = $1)) RETURNING arn`,
    [organizationId, ids],
  );
  return touching(rows);
}

/** Removes the tags of a control policy. */
export async function forgetTagsOfPolicy(
  sql: Sql,
  organizationId: string,
  policyId: string,
): Promise<readonly Touched[]> {
  const rows = await sql.query<{ arn: string }>(
    `DELETE FROM "Resource" WHERE arn = ANY(ARRAY(
       SELECT arn FROM "ControlPolicy" WHERE "organizationId" = $1 AND id = $2)) RETURNING arn`,
    [organizationId, policyId],
  );
  return touching(rows);
}

function touching(rows: readonly { readonly arn: string }[]): readonly Touched[] {
  return rows.map(({ arn }) => ({ entity: 'Resource', entityId: arn }));
}
