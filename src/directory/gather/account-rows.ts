import type { PublicAccessBlock } from '../../evaluation/public-access.ts';
import type { KnowledgeLayer, MissingConcerns } from '../document.ts';
import type { Sql } from '../prisma/database.ts';

/** An account as it is stored. */
export interface AccountRow {
  readonly id: string;
  readonly partition: string;
  readonly membership: 'UNKNOWN' | 'NONE' | 'MEMBER';
  readonly organizationId: string | null;
  readonly unitId: string | null;
  readonly name: string | null;
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly organizationPublicAccessBlock: PublicAccessBlock | null;
  readonly knowledge: readonly KnowledgeRow[];
}

/** What is known of one layer of an account's policies. */
export interface KnowledgeRow {
  readonly layer: KnowledgeLayer;
  /** Empty, except for RESOURCE_POLICIES. */
  readonly service: string;
  readonly state: 'COMPLETE' | 'PARTIAL';
  readonly missing: readonly string[];
  /** Of each of them; empty: all concern everything. */
  readonly concerns: readonly MissingConcerns[];
}

export interface ControlPolicyRow {
  readonly id: string;
  readonly arn: string;
  readonly type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';
  readonly name: string;
  readonly hash: string;
  /** Of its root, its units and the accounts asked for: the others do not matter to these. */
  readonly targets: readonly string[];
}

export interface OrganizationRow {
  readonly id: string;
  readonly rootId: string;
  readonly rootName: string;
  readonly managementAccountId: string;
  readonly scpEnabled: boolean;
  readonly rcpEnabled: boolean;
  readonly units: readonly { readonly id: string; readonly name: string; readonly parentId: string | null }[];
  readonly policies: readonly ControlPolicyRow[];
  readonly delegatedAdministrators: readonly { readonly accountId: string; readonly servicePrincipal: string }[];
}

/** The accounts $1, and their organizations, without what is attached to other accounts: there may be thousands. */
const SELECT_ACCOUNTS = `
  WITH accounts AS (SELECT * FROM "Account" WHERE id = ANY($1::text[]))
  SELECT
    (SELECT coalesce(json_agg(json_build_object('id', a.id, 'partition', a.partition, 'membership', a.membership,
        'organizationId', a."organizationId", 'unitId', a."unitId", 'name', a.name,
        'publicAccessBlock', a."publicAccessBlock", 'organizationPublicAccessBlock', a."organizationPublicAccessBlock",
        'knowledge', (SELECT coalesce(json_agg(json_build_object('layer', k.layer, 'service', k.service, 'state', k.state,
             'missing', k.missing, 'concerns', k.concerns) ORDER BY k.layer, k.service), '[]')
           FROM "AccountKnowledge" k WHERE k."accountId" = a.id))), '[]') FROM accounts a) AS accounts,
    (SELECT coalesce(json_agg(json_build_object('id', o.id, 'rootId', o."rootId",
        'rootName', o."rootName", 'managementAccountId', o."managementAccountId", 'scpEnabled', o."scpEnabled", 'rcpEnabled', o."rcpEnabled",
        'units', (SELECT coalesce(json_agg(json_build_object('id', u.id, 'name', u.name, 'parentId', u."parentId")), '[]')
           FROM "OrganizationalUnit" u WHERE u."organizationId" = o.id),
        'delegatedAdministrators', (SELECT coalesce(json_agg(json_build_object('accountId', d."accountId",
             'servicePrincipal', d."servicePrincipal") ORDER BY d."accountId", d."servicePrincipal"), '[]')
           FROM "DelegatedAdministrator" d WHERE d."organizationId" = o.id),
        'policies', (SELECT coalesce(json_agg(json_build_object('id', p.id, 'arn', p.arn, 'type', p.type,
             'name', p.name, 'hash', p."documentHash",
             'targets', (SELECT coalesce(json_agg(t."targetId"), '[]') FROM "ControlPolicyAttachment" t
                WHERE t."organizationId" = o.id AND t."policyId" = p.id AND t."targetId" = ANY(above.ids))) ORDER BY p.id), '[]')
           FROM "ControlPolicy" p WHERE p."organizationId" = o.id))), '[]')
       FROM "Organization" o CROSS JOIN LATERAL (SELECT $1::text[] || o."rootId" ||
              ARRAY(SELECT u.id FROM "OrganizationalUnit" u WHERE u."organizationId" = o.id) AS ids) above
      WHERE o.id = ANY(ARRAY(SELECT DISTINCT "organizationId" FROM accounts WHERE "organizationId" IS NOT NULL)))
      AS organizations`;

export async function readAccountRows(
  sql: Sql,
  ids: readonly string[],
): Promise<{ readonly accounts: readonly AccountRow[]; readonly organizations: readonly OrganizationRow[] }> {
  const [row] = await sql.query<{ accounts: readonly AccountRow[]; organizations: readonly OrganizationRow[] }>(
    SELECT_ACCOUNTS,
    [ids],
    'accounts',
  );
  return row ?? { accounts: [], organizations: [] };
}
