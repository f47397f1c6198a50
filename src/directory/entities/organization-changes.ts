import { forgetPlace, knowOrganization } from './account-knowledge.ts';
import { isOfAws } from './control-policies.ts';
import type { Draw } from './draw.ts';
import { constraintViolation, organizationError } from './organization-errors.ts';
import type { OrganizationChanges } from './organization-inputs.ts';
import { forgetTags } from './organization-tags.ts';
import {
  findOrganization,
  randomEnding,
  touchingAccount,
  touchingOrganization,
  unitOfMember,
} from './organizations.ts';
import { UNIT_CHANGES } from './unit-changes.ts';

/** Lengths of the endings of ids. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
const ID = 10;
const ROOT_ID = 4;

const createOrganization: OrganizationChanges['createOrganization'] = async (
  sql,
  { managementAccountId },
  { now, draw },
) => {
  const [account] = await sql.query<{ membership: string }>(
    'SELECT membership::text AS membership FROM "Account" WHERE id = $1',
    [managementAccountId],
  );
  if (account === undefined) throw organizationError('AccountNotFoundException', 'managementAccountId');
  const managed = await sql.query('SELECT 1 FROM "Organization" WHERE "managementAccountId" = $1', [
    managementAccountId,
  ]);
  if (account.membership === 'MEMBER' || managed.length > 0) {
    throw organizationError('AlreadyInOrganizationException', 'managementAccountId');
  }
  const id = `o-${randomEnding(draw, ID)}`;
  await sql.query(
    `INSERT INTO "Organization" (id, "rootId", "managementAccountId", "scpEnabled", "rcpEnabled")
     VALUES ($1, $2, $3, false, false)`,
    [id, await freeRootId(sql, draw), managementAccountId],
  );
  await sql.query(`UPDATE "Account" SET membership = 'MEMBER', "organizationId" = $2, "unitId" = NULL WHERE id = $1`, [
    managementAccountId,
    id,
  ]);
  await knowOrganization(sql, managementAccountId, now);
  return { touched: [...touchingOrganization({ id }), ...touchingAccount(managementAccountId)], result: id };
};

/** Four characters are few: one that is taken is not taken again. */
async function freeRootId(sql: Parameters<typeof findOrganization>[0], draw: Draw): Promise<string> {
  for (let length = ROOT_ID; ; length++) {
    const id = `r-${randomEnding(draw, length)}`;
    const taken = await sql.query('SELECT 1 FROM "Organization" WHERE "rootId" = $1', [id]);
    if (taken.length === 0) return id;
  }
}

const deleteOrganization: OrganizationChanges['deleteOrganization'] = async (sql, { organizationId }) => {
  const organization = await findOrganization(sql, organizationId);
  const { managementAccountId } = organization;
  const held = await sql.query<{ id: string }>(
    `SELECT id FROM "Account" WHERE "organizationId" = $1 AND id <> $2
      UNION ALL SELECT id FROM "OrganizationalUnit" WHERE "organizationId" = $1
      UNION ALL SELECT id FROM "ControlPolicy" WHERE "organizationId" = $1`,
    [organizationId, managementAccountId],
  );
  if (held.some(({ id }) => !isOfAws(id))) throw organizationError('OrganizationNotEmptyException', 'organizationId');
  const tags = await forgetTags(sql, organizationId, [organization.rootId, managementAccountId]);
  await forgetPlace(sql, managementAccountId);
  await sql.query('DELETE FROM "Organization" WHERE id = $1', [organizationId]);
  return {
    touched: [...touchingOrganization(organization), ...touchingAccount(managementAccountId), ...tags],
    result: organizationId,
  };
};

/** Changes of organizations, their units and their delegated administrators. */
export const ORGANIZATION_CHANGES: OrganizationChanges = {
  createOrganization,
  deleteOrganization,
  ...UNIT_CHANGES,
  registerDelegatedAdministrator: async (sql, { organizationId, accountId, servicePrincipal }) => {
    const organization = await findOrganization(sql, organizationId);
    await unitOfMember(sql, organization, accountId);
    if (accountId === organization.managementAccountId) {
      throw constraintViolation('CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR', 'accountId');
    }
    const rows = await sql.query(
      `INSERT INTO "DelegatedAdministrator" ("organizationId", "accountId", "servicePrincipal") VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING "accountId"`,
      [organizationId, accountId, servicePrincipal],
    );
    if (rows.length === 0) throw organizationError('AccountAlreadyRegisteredException', 'accountId');
    const touched = touchingOrganization(organization);
    return { touched, result: organizationId, reads: touchingAccount(accountId) };
  },
  deregisterDelegatedAdministrator: async (sql, { organizationId, accountId, servicePrincipal }) => {
    const organization = await findOrganization(sql, organizationId);
    await unitOfMember(sql, organization, accountId);
    const rows = await sql.query(
      `DELETE FROM "DelegatedAdministrator" WHERE "organizationId" = $1 AND "accountId" = $2 AND "servicePrincipal" = $3
       RETURNING "accountId"`,
      [organizationId, accountId, servicePrincipal],
    );
    if (rows.length === 0) throw organizationError('AccountNotRegisteredException', 'accountId');
    return { touched: touchingOrganization(organization), result: organizationId, reads: touchingAccount(accountId) };
  },
};
