import { RolegateError } from '../../policy/errors.ts';
import { controlPolicyArn } from '../apply/plan-organization.ts';
import type { Sql } from '../prisma/database.ts';
import { keepDocument } from './inline-policies.ts';
import { organizationError } from './organization-errors.ts';
import type { ControlPolicyType } from './organization-inputs.ts';
import { isEnabled, type StoredOrganizationRow } from './organizations.ts';

/** AWS's own policy of each type, which it attaches everywhere where the type is enabled. */
const OF_AWS = {
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
  SERVICE_CONTROL_POLICY: {
    id: 'p-FullAWSAccess',
    name: 'FullAWSAccess',
    description: 'Allows access to every operation',
    statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  },
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
  RESOURCE_CONTROL_POLICY: {
    id: 'p-RCPFullAWSAccess',
    name: 'RCPFullAWSAccess',
    description: 'Allows access to every resource',
    statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
  },
} as const;

export const CONTROL_POLICY_TYPES = Object.keys(OF_AWS) as readonly ControlPolicyType[]; // as: its keys are these names

export const RCP_FULL_ACCESS = OF_AWS.RESOURCE_CONTROL_POLICY.id;

/** Whether it belongs to AWS, so that nobody can change it. */
export function isOfAws(policyId: string): boolean {
  return CONTROL_POLICY_TYPES.some((type) => OF_AWS[type].id === policyId);
}

export interface StoredControlPolicy {
  readonly id: string;
  readonly type: ControlPolicyType;
  readonly name: string;
}

/** AWS's own policy of a type is in every organization, stored or not. Throws PolicyNotFoundException. */
export async function findControlPolicy(
  sql: Sql,
  organization: StoredOrganizationRow,
  id: string,
): Promise<StoredControlPolicy> {
  const own = CONTROL_POLICY_TYPES.find((type) => OF_AWS[type].id === id);
  if (own !== undefined) await keepOwn(sql, organization, own);
  const [row] = await sql.query<StoredControlPolicy>(
    'SELECT id, type::text AS type, name FROM "ControlPolicy" WHERE "organizationId" = $1 AND id = $2',
    [organization.id, id],
  );
  if (row === undefined) throw organizationError('PolicyNotFoundException', 'policyId');
  return row;
}

/** Stores AWS's own policy of a type, unless it is. */
async function keepOwn(sql: Sql, organization: StoredOrganizationRow, type: ControlPolicyType): Promise<string> {
  const { id, name, description, statement } = OF_AWS[type];
  const hash = await keepDocument(sql, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  await sql.query(
    `INSERT INTO "ControlPolicy" ("organizationId", id, arn, type, name, description, "documentHash")
     VALUES ($1, $2, $3, $4::text::"ControlPolicyType", $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      organization.id,
      id,
      controlPolicyArn(organization, { id, type }, organization.partition),
      type,
      name,
      description,
      hash,
    ],
  );
  return id;
}

/** Attaches AWS's own policies of a type to some roots, units or accounts. */
async function attachOwn(
  sql: Sql,
  organization: StoredOrganizationRow,
  type: ControlPolicyType,
  targets: readonly string[],
): Promise<void> {
  const policyId = await keepOwn(sql, organization, type);
  await sql.query(
    `INSERT INTO "ControlPolicyAttachment" ("organizationId", "policyId", "targetId")
     SELECT $1, $2, t FROM unnest($3::text[]) AS t ON CONFLICT DO NOTHING`,
    [organization.id, policyId, targets],
  );
}

/** Attaches AWS's own policy of a type everywhere, as AWS does when the type is enabled. */
export async function attachOwnEverywhere(
  sql: Sql,
  organization: StoredOrganizationRow,
  type: ControlPolicyType,
): Promise<void> {
  const rows = await sql.query<{ id: string }>(
    `SELECT id FROM "OrganizationalUnit" WHERE "organizationId" = $1
      UNION ALL SELECT id FROM "Account" WHERE "organizationId" = $1`,
    [organization.id],
  );
  await attachOwn(sql, organization, type, [organization.rootId, ...rows.map(({ id }) => id)]);
}

/**
 * Attaches AWS's own policies of the enabled types to a new unit or account. Where no policy is stored, none is known, and one here
 * would be taken for the only one.
 */
export async function attachOwnToNew(sql: Sql, organization: StoredOrganizationRow, targetId: string): Promise<void> {
  if (await controlIsUnknown(sql, organization)) return;
  for (const type of CONTROL_POLICY_TYPES) {
    if (isEnabled(organization, type)) await attachOwn(sql, organization, type, [targetId]);
  }
}

async function controlIsUnknown(sql: Sql, { id }: StoredOrganizationRow): Promise<boolean> {
  const rows = await sql.query('SELECT 1 FROM "ControlPolicy" WHERE "organizationId" = $1 LIMIT 1', [id]);
  return rows.length === 0;
}

/**
 * Throws where the type is enabled and no policy is stored: AWS has attached some, which nobody knows, and the first one that is
 * stored would be taken for the only one, so that levels without it would allow nothing.
 */
export async function checkControlIsKnown(sql: Sql, organization: StoredOrganizationRow): Promise<void> {
  if (!CONTROL_POLICY_TYPES.some((type) => isEnabled(organization, type))) return;
  if (!(await controlIsUnknown(sql, organization))) return;
  const how = 'import them, or disable and enable the policy type to begin with those of AWS';
  throw new RolegateError(
    'ConstraintViolationException',
    `The control policies of the organization ${organization.id} are not known: ${how}.`,
    { field: 'organizationId' },
  );
}

/** Detaches whatever is attached to a unit or account that goes. */
export async function detachAll(sql: Sql, { id }: Pick<StoredOrganizationRow, 'id'>, targetId: string): Promise<void> {
  await sql.query('DELETE FROM "ControlPolicyAttachment" WHERE "organizationId" = $1 AND "targetId" = $2', [
    id,
    targetId,
  ]);
}
