import { RolegateError } from '../../policy/errors.ts';
import { checkWritten } from '../../policy/refused-policy.ts';
import { controlPolicyArn } from '../apply/plan-organization.ts';
import type { Touched } from '../apply/revision.ts';
import type { Sql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import {
  attachOwnEverywhere,
  checkControlIsKnown,
  findControlPolicy,
  isOfAws,
  RCP_FULL_ACCESS,
} from './control-policies.ts';
import { keepDocument } from './inline-policies.ts';
import { constraintViolation, organizationError } from './organization-errors.ts';
import type { ControlPolicyChanges, ControlPolicyType } from './organization-inputs.ts';
import { forgetTagsOfPolicy } from './organization-tags.ts';
import {
  findOrganization,
  isEnabled,
  randomEnding,
  type StoredOrganizationRow,
  touchingAccount,
  touchingOrganization,
} from './organizations.ts';

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const LIMITS = {
  SERVICE_CONTROL_POLICY: { policies: 10_000, attached: 10 },
  RESOURCE_CONTROL_POLICY: { policies: 2_000, attached: 5 },
} as const;

const ENABLED = { SERVICE_CONTROL_POLICY: 'scpEnabled', RESOURCE_CONTROL_POLICY: 'rcpEnabled' } as const;

/** What its document is read as. */
const KINDS = { SERVICE_CONTROL_POLICY: 'scp', RESOURCE_CONTROL_POLICY: 'rcp' } as const;

/** Of the id of a new policy. */
const ENDING = 10;

async function checkName(sql: Sql, { id }: StoredOrganizationRow, name: string, policyId: string): Promise<void> {
  const rows = await sql.query('SELECT 1 FROM "ControlPolicy" WHERE "organizationId" = $1 AND name = $2 AND id <> $3', [
    id,
    name,
    policyId,
  ]);
  if (rows.length > 0) throw organizationError('DuplicatePolicyException', 'name');
}

/** Throws InvalidInputException for a policy of AWS. */
function checkNotOfAws(policyId: string): void {
  if (!isOfAws(policyId)) return;
  const why = "You specified a policy that is managed by Amazon Web Services and can't be modified. (IMMUTABLE_POLICY)";
  throw new RolegateError('InvalidInputException', why, { field: 'policyId' });
}

const createControlPolicy: ControlPolicyChanges['createControlPolicy'] = async (sql, input, { draw }) => {
  const { organizationId, type, name, description, policyDocument } = input;
  const organization = await findOrganization(sql, organizationId);
  await checkControlIsKnown(sql, organization);
  const id = `p-${randomEnding(draw, ENDING)}`;
  await checkName(sql, organization, name, id);
  const { policies } = LIMITS[type];
  const [row] = await sql.query<{ stored: number }>(
    'SELECT count(*)::int4 AS stored FROM "ControlPolicy" WHERE "organizationId" = $1 AND type::text = $2',
    [organizationId, type],
  );
  if ((row?.stored ?? 0) >= policies) throw constraintViolation('POLICY_NUMBER_LIMIT_EXCEEDED', 'type', policies);
  const hash = await keepDocument(sql, policyDocument);
  const arn = controlPolicyArn(organization, { id, type }, organization.partition);
  await sql.query(
    `INSERT INTO "ControlPolicy" ("organizationId", id, arn, type, name, description, "documentHash")
     VALUES ($1, $2, $3, $4::text::"ControlPolicyType", $5, $6, $7)`,
    [organizationId, id, arn, type, name, description ?? null, hash],
  );
  return { touched: touchingOrganization(organization), result: `${organizationId}/${id}` };
};

const updateControlPolicy: ControlPolicyChanges['updateControlPolicy'] = async (sql, input) => {
  const { organizationId, policyId, name, description, policyDocument } = input;
  const organization = await findOrganization(sql, organizationId);
  const { type } = await findControlPolicy(sql, organization, policyId);
  checkNotOfAws(policyId);
  if (policyDocument !== undefined) checkWritten(policyDocument, KINDS[type], 'policyDocument', () => true);
  if (name !== undefined) await checkName(sql, organization, name, policyId);
  const hash = policyDocument === undefined ? null : await keepDocument(sql, policyDocument);
  const rows = await sql.query(
    `UPDATE "ControlPolicy" SET name = coalesce($3, name), description = coalesce($4, description),
            "documentHash" = coalesce($5, "documentHash")
      WHERE "organizationId" = $1 AND id = $2
        AND (name, coalesce(description, ''), "documentHash")
            <> (coalesce($3, name), coalesce($4, description, ''), coalesce($5, "documentHash")) RETURNING id`,
    [organizationId, policyId, name ?? null, description ?? null, hash],
  );
  return {
    touched: rows.length === 0 ? [] : touchingOrganization(organization),
    result: `${organizationId}/${policyId}`,
    reads: touchingOrganization(organization),
  };
};

const deleteControlPolicy: ControlPolicyChanges['deleteControlPolicy'] = async (sql, { organizationId, policyId }) => {
  const organization = await findOrganization(sql, organizationId);
  await findControlPolicy(sql, organization, policyId);
  checkNotOfAws(policyId);
  const attached = await sql.query(
    'SELECT 1 FROM "ControlPolicyAttachment" WHERE "organizationId" = $1 AND "policyId" = $2 LIMIT 1',
    [organizationId, policyId],
  );
  if (attached.length > 0) throw organizationError('PolicyInUseException', 'policyId');
  const tags = await forgetTagsOfPolicy(sql, organizationId, policyId);
  await sql.query('DELETE FROM "ControlPolicy" WHERE "organizationId" = $1 AND id = $2', [organizationId, policyId]);
  return { touched: [...touchingOrganization(organization), ...tags], result: `${organizationId}/${policyId}` };
};

/** The root, a unit or an account of the organization. Throws TargetNotFoundException. */
async function checkTarget(sql: Sql, { id, rootId }: StoredOrganizationRow, targetId: string): Promise<void> {
  if (targetId === rootId) return;
  const rows = await sql.query(
    `SELECT 1 FROM "OrganizationalUnit" WHERE id = $2 AND "organizationId" = $1
      UNION ALL SELECT 1 FROM "Account" WHERE id = $2 AND "organizationId" = $1`,
    [id, targetId],
  );
  if (rows.length === 0) throw organizationError('TargetNotFoundException', 'targetId');
}

/** What is attached to a target depends on whether it is there. */
function readsOf(targetId: string): readonly Touched[] {
  return /^\d/.test(targetId) ? touchingAccount(targetId) : [];
}

async function attachedTo(
  sql: Sql,
  organizationId: string,
  targetId: string,
  type: ControlPolicyType,
): Promise<number> {
  const [row] = await sql.query<{ attached: number }>(
    `SELECT count(*)::int4 AS attached FROM "ControlPolicyAttachment" a
       JOIN "ControlPolicy" p ON p."organizationId" = a."organizationId" AND p.id = a."policyId"
      WHERE a."organizationId" = $1 AND a."targetId" = $2 AND p.type::text = $3`,
    [organizationId, targetId, type],
  );
  return row?.attached ?? 0;
}

const attachControlPolicy: ControlPolicyChanges['attachControlPolicy'] = async (sql, input) => {
  const { organizationId, policyId, targetId } = input;
  const organization = await findOrganization(sql, organizationId);
  await checkControlIsKnown(sql, organization);
  const { type } = await findControlPolicy(sql, organization, policyId);
  await checkTarget(sql, organization, targetId);
  if (!isEnabled(organization, type)) throw organizationError('PolicyTypeNotEnabledException', 'policyId');
  const rows = await sql.query(
    `INSERT INTO "ControlPolicyAttachment" ("organizationId", "policyId", "targetId") VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING "policyId"`,
    [organizationId, policyId, targetId],
  );
  if (rows.length === 0) throw organizationError('DuplicatePolicyAttachmentException', 'policyId');
  const { attached } = LIMITS[type];
  if ((await attachedTo(sql, organizationId, targetId, type)) > attached)
    throw constraintViolation('MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED', 'targetId', attached);
  const result = `${organizationId}/${policyId}`;
  return { touched: touchingOrganization(organization), result, reads: readsOf(targetId) };
};

const detachControlPolicy: ControlPolicyChanges['detachControlPolicy'] = async (sql, input) => {
  const { organizationId, policyId, targetId } = input;
  const organization = await findOrganization(sql, organizationId);
  const { type } = await findControlPolicy(sql, organization, policyId);
  await checkTarget(sql, organization, targetId);
  const rows = await sql.query(
    `DELETE FROM "ControlPolicyAttachment" WHERE "organizationId" = $1 AND "policyId" = $2 AND "targetId" = $3
     RETURNING "policyId"`,
    [organizationId, policyId, targetId],
  );
  if (rows.length === 0) throw organizationError('PolicyNotAttachedException', 'policyId');
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
  const isLast =
    type === 'SERVICE_CONTROL_POLICY' &&
    organization.scpEnabled &&
    (await attachedTo(sql, organizationId, targetId, type)) === 0;
  if (isLast || policyId === RCP_FULL_ACCESS) {
    throw constraintViolation('MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED', 'policyId', 1);
  }
  const result = `${organizationId}/${policyId}`;
  return { touched: touchingOrganization(organization), result, reads: readsOf(targetId) };
};

async function setEnabled(sql: Sql, organizationId: string, type: ControlPolicyType, enabled: boolean): Promise<Made> {
  const organization = await findOrganization(sql, organizationId);
  if (isEnabled(organization, type) === enabled) {
    throw organizationError(enabled ? 'PolicyTypeAlreadyEnabledException' : 'PolicyTypeNotEnabledException', 'type');
  }
  await sql.query(`UPDATE "Organization" SET "${ENABLED[type]}" = $2 WHERE id = $1`, [organizationId, enabled]);
  // AWS detaches all, and what was attached does not come back: only its own policies are attached again.
  // https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
  await sql.query(
    `DELETE FROM "ControlPolicyAttachment" a USING "ControlPolicy" p
      WHERE a."organizationId" = $1 AND p."organizationId" = $1 AND p.id = a."policyId" AND p.type::text = $2`,
    [organizationId, type],
  );
  if (enabled) await attachOwnEverywhere(sql, organization, type);
  return { touched: touchingOrganization(organization), result: organizationId };
}

/** Changes of control policies. */
export const CONTROL_POLICY_CHANGES: ControlPolicyChanges = {
  createControlPolicy,
  updateControlPolicy,
  deleteControlPolicy,
  attachControlPolicy,
  detachControlPolicy,
  enablePolicyType: (sql, { organizationId, type }) => setEnabled(sql, organizationId, type, true),
  disablePolicyType: (sql, { organizationId, type }) => setEnabled(sql, organizationId, type, false),
};
