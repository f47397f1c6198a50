import { RolegateError } from '../../policy/errors.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { freeId } from '../apply/entity-arn.ts';
import { writeChanges } from '../apply/write.ts';
import { toIso } from '../instants.ts';
import type { WritingSql } from '../prisma/database.ts';
import { closeAccount } from './account-closing.ts';
import { forgetPlace, knowAll, knowPlaceAsManagement } from './account-knowledge.ts';
import { attachPolicy } from './attachments.ts';
import type { ChangeTools, Made } from './change-of.ts';
import { attachOwnToNew, detachAll } from './control-policies.ts';
import { SALT_DIGITS } from './draw.ts';
import { findHolder, noSuch } from './holder.ts';
import { constraintViolation, organizationError } from './organization-errors.ts';
import type { AccountChanges, NewAccount } from './organization-inputs.ts';
import { forgetTags } from './organization-tags.ts';
import {
  findOrganization,
  findParent,
  type StoredOrganizationRow,
  touchingAccount,
  touchingOrganization,
  unitOfMember,
} from './organizations.ts';

async function isTaken(sql: WritingSql, id: string): Promise<boolean> {
  return (await sql.query('SELECT 1 FROM "Account" WHERE id = $1', [id])).length > 0;
}

/** Twelve digits, of which the first is none that the ids of examples begin with. */
async function freeAccountId(sql: WritingSql, { draw }: ChangeTools): Promise<string> {
  for (;;) {
    const id = `${100_000 + draw.below(900_000)}${100_000 + draw.below(900_000)}`;
    if (!(await isTaken(sql, id))) return id;
  }
}

/** The account lies under the root from now on. */
async function join(
  sql: WritingSql,
  organization: StoredOrganizationRow,
  accountId: string,
  now: number,
): Promise<void> {
  await sql.query(`UPDATE "Account" SET membership = 'MEMBER', "organizationId" = $2, "unitId" = NULL WHERE id = $1`, [
    accountId,
    organization.id,
  ]);
  await attachOwnToNew(sql, organization, accountId);
  await knowPlaceAsManagement(sql, accountId, organization, now);
}

/**
 * The role with which the management account reaches a new account.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 */
async function makeRole(
  sql: WritingSql,
  tools: ChangeTools,
  {
    accountId,
    partition,
    roleName,
  }: { readonly accountId: string; readonly partition: string; readonly roleName: string },
  { managementAccountId }: StoredOrganizationRow,
): Promise<Made> {
  const arn = `arn:${partition}:iam::${accountId}:role/${roleName}`;
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${managementAccountId}:root` },
    Action: 'sts:AssumeRole',
  };
  const changes = new ChangeSet();
  changes.insert('Role', {
    id: freeId('Role', arn, tools.draw.hex(SALT_DIGITS), () => false),
    arn,
    accountId,
    name: roleName,
    path: '/',
    createdAt: toIso(tools.now),
    tags: {},
    boundaryId: null,
    description: null,
    trustPolicyHash: changes.document(JSON.stringify({ Version: '2012-10-17', Statement: [trust] }), `role ${arn}`),
    trustBindings: {},
    maxSessionDuration: 3600,
  });
  await writeChanges(sql, changes, () => undefined);
  const role = await findHolder(sql, 'Role', arn);
  return attachPolicy(sql, tools, role, `arn:${partition}:iam::aws:policy/AdministratorAccess`);
}

async function createAccount(sql: WritingSql, input: NewAccount, tools: ChangeTools): Promise<Made> {
  const { name, accountId: given, organizationId, roleName = 'OrganizationAccountAccessRole' } = input;
  const organization = organizationId === undefined ? null : await findOrganization(sql, organizationId);
  if (given !== undefined && (await isTaken(sql, given))) {
    throw new RolegateError('EntityAlreadyExists', `The account ${given} exists already.`, { field: 'accountId' });
  }
  const accountId = given ?? (await freeAccountId(sql, tools));
  const partition = input.partition ?? organization?.partition ?? 'aws';
  if (organization !== null && partition !== organization.partition) {
    const why = `the accounts of the organization ${organization.id} lie in the partition ${organization.partition}`;
    throw new RolegateError('ValidationError', why, { field: 'partition' });
  }
  await sql.query(`INSERT INTO "Account" (id, partition, name, membership) VALUES ($1, $2, $3, 'NONE')`, [
    accountId,
    partition,
    name,
  ]);
  // Of an account whose id was given, there may be more elsewhere.
  if (given === undefined) await knowAll(sql, accountId, tools.now);
  const touched = touchingAccount(accountId);
  if (organization === null) return { touched, result: accountId };
  await join(sql, organization, accountId, tools.now);
  const role = await makeRole(sql, tools, { accountId, partition, roleName }, organization);
  return { touched: [...touched, ...touchingOrganization(organization), ...role.touched], result: accountId };
}

const moveAccount: AccountChanges['moveAccount'] = async (sql, input, { now }) => {
  const { organizationId, accountId, sourceParentId, destinationParentId } = input;
  const organization = await findOrganization(sql, organizationId);
  const before = await unitOfMember(sql, organization, accountId);
  if (sourceParentId !== undefined) {
    const source = await findParent(
      sql,
      organization,
      sourceParentId,
      'SourceParentNotFoundException',
      'sourceParentId',
    );
    if (source.unitId !== before) throw organizationError('AccountNotFoundException', 'sourceParentId');
  }
  const { unitId } = await findParent(
    sql,
    organization,
    destinationParentId,
    'DestinationParentNotFoundException',
    'destinationParentId',
  );
  if (unitId === before) throw organizationError('DuplicateAccountException', 'destinationParentId');
  await sql.query('UPDATE "Account" SET "unitId" = $2 WHERE id = $1', [accountId, unitId]);
  await knowPlaceAsManagement(sql, accountId, organization, now);
  return { touched: touchingAccount(accountId), result: accountId, reads: touchingOrganization(organization) };
};

const addAccountToOrganization: AccountChanges['addAccountToOrganization'] = async (sql, input, { now }) => {
  const { organizationId, accountId } = input;
  const organization = await findOrganization(sql, organizationId);
  const [account] = await sql.query<{ membership: string; partition: string }>(
    'SELECT membership::text AS membership, partition FROM "Account" WHERE id = $1',
    [accountId],
  );
  if (account === undefined) throw organizationError('AccountNotFoundException', 'accountId');
  if (account.membership === 'MEMBER') throw organizationError('AlreadyInOrganizationException', 'accountId');
  if (account.partition !== organization.partition) {
    const why = `the accounts of the organization ${organization.id} lie in the partition ${organization.partition}`;
    throw new RolegateError('ValidationError', why, { field: 'accountId' });
  }
  await join(sql, organization, accountId, now);
  return { touched: [...touchingAccount(accountId), ...touchingOrganization(organization)], result: accountId };
};

const removeAccountFromOrganization: AccountChanges['removeAccountFromOrganization'] = async (sql, input) => {
  const { organizationId, accountId } = input;
  const organization = await findOrganization(sql, organizationId);
  await unitOfMember(sql, organization, accountId);
  if (accountId === organization.managementAccountId) {
    throw organizationError('MasterCannotLeaveOrganizationException', 'accountId');
  }
  const administers = await sql.query('SELECT 1 FROM "DelegatedAdministrator" WHERE "accountId" = $1 LIMIT 1', [
    accountId,
  ]);
  if (administers.length > 0) throw constraintViolation('CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG', 'accountId');
  await detachAll(sql, organization, accountId);
  const tags = await forgetTags(sql, organizationId, [accountId]);
  await forgetPlace(sql, accountId);
  return {
    touched: [...touchingAccount(accountId), ...touchingOrganization(organization), ...tags],
    result: accountId,
  };
};

/** Changes of accounts and of their places. */
export const ACCOUNT_CHANGES: AccountChanges = {
  createAccount,
  putAccountName: async (sql, { accountId, name }) => {
    if (!(await isTaken(sql, accountId))) throw noSuch('account', accountId, 'id');
    const rows = await sql.query(
      'UPDATE "Account" SET name = $2 WHERE id = $1 AND name IS DISTINCT FROM $2 RETURNING id',
      [accountId, name],
    );
    return {
      touched: rows.length === 0 ? [] : touchingAccount(accountId),
      result: accountId,
      reads: touchingAccount(accountId),
    };
  },
  closeAccount,
  moveAccount,
  addAccountToOrganization,
  removeAccountFromOrganization,
};
