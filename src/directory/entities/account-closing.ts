import { RolegateError } from '../../policy/errors.ts';
import { bindGrantsToDeleted, bindToDeleted } from '../apply/bindings.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { detachAll } from './control-policies.ts';
import { constraintViolation, organizationError } from './organization-errors.ts';
import type { AccountChanges } from './organization-inputs.ts';

/** What lies in an account: its name in DirectoryChange, and how an error calls it. */
interface Content {
  readonly entity: string;
  readonly nouns: string;
  readonly names: string;
}

const INSTANCE_PROFILES = `arn LIKE 'arn:%:iam::' || $1 || ':instance-profile/%'`;

const CONTENTS: readonly Content[] = [
  { entity: 'User', nouns: 'users', names: 'SELECT arn AS name FROM "User" WHERE "accountId" = $1' },
  { entity: 'Group', nouns: 'groups', names: 'SELECT arn AS name FROM "Group" WHERE "accountId" = $1' },
  { entity: 'Role', nouns: 'roles', names: 'SELECT arn AS name FROM "Role" WHERE "accountId" = $1' },
  {
    entity: 'ManagedPolicy',
    nouns: 'policies',
    names: 'SELECT arn AS name FROM "ManagedPolicy" WHERE "accountId" = $1',
  },
  {
    entity: 'InstanceProfile',
    nouns: 'instance profiles',
    names: `SELECT arn AS name FROM "InstanceProfile" WHERE ${INSTANCE_PROFILES}`,
  },
  { entity: 'Resource', nouns: 'resources', names: 'SELECT arn AS name FROM "Resource" WHERE "accountId" = $1' },
  {
    entity: 'VpcEndpoint',
    nouns: 'VPC endpoints',
    names: 'SELECT id AS name FROM "VpcEndpoint" WHERE "accountId" = $1',
  },
  {
    entity: 'OidcProvider',
    nouns: 'OpenID Connect providers',
    names: 'SELECT arn AS name FROM "OidcProvider" WHERE "accountId" = $1',
  },
  {
    entity: 'MfaDevice',
    nouns: 'MFA devices',
    names: 'SELECT "serialNumber" AS name FROM "MfaDevice" WHERE "accountId" = $1',
  },
  {
    entity: 'AccessKey',
    nouns: 'access keys',
    names: 'SELECT k.id AS name FROM "AccessKey" k JOIN "User" u ON u.id = k."userId" WHERE u."accountId" = $1',
  },
];

/** In an order in which nothing refers to what is gone. The rest goes with the account. */
const DELETIONS: readonly string[] = [
  'DELETE FROM "User" WHERE "accountId" = $1',
  'DELETE FROM "Group" WHERE "accountId" = $1',
  'DELETE FROM "Role" WHERE "accountId" = $1',
  `DELETE FROM "InstanceProfile" WHERE ${INSTANCE_PROFILES}`,
  'DELETE FROM "ManagedPolicy" WHERE "accountId" = $1',
  'DELETE FROM "Account" WHERE id = $1',
];

/**
 * An account that is closed is gone at once: there are no ninety days in which it could be opened again. Policies elsewhere that
 * name its users and roles stay bound to their unique ids.
 */
export const closeAccount: AccountChanges['closeAccount'] = async (sql, input, { now }) => {
  const { accountId, organizationId, withDependents = false } = input;
  const [account] = await sql.query<{ organizationId: string | null }>(
    'SELECT "organizationId" FROM "Account" WHERE id = $1',
    [accountId],
  );
  if (account === undefined || (organizationId ?? account.organizationId) !== account.organizationId) {
    throw organizationError('AccountNotFoundException', 'accountId');
  }
  const managed = await sql.query('SELECT 1 FROM "Organization" WHERE "managementAccountId" = $1', [accountId]);
  if (managed.length > 0) throw constraintViolation('CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 'accountId');
  const changes = new ChangeSet();
  for (const { entity, nouns, names } of CONTENTS) {
    const rows = await sql.query<{ name: string }>(names, [accountId]);
    if (rows.length > 0 && !withDependents) {
      throw new RolegateError('DeleteConflict', `Cannot delete entity, must delete ${nouns} first.`);
    }
    for (const { name } of rows) changes.touch(entity, name);
  }
  await bindPrincipals(sql, accountId, changes);
  await endSessions(sql, accountId, now);
  if (account.organizationId !== null) {
    await detachAll(sql, { id: account.organizationId }, accountId);
    changes.touch('Organization', account.organizationId);
  }
  for (const deletion of DELETIONS) await sql.query(deletion, [accountId]);
  changes.touch('Account', accountId);
  return { touched: changes.touched, result: accountId };
};

async function bindPrincipals(sql: Sql, accountId: string, changes: ChangeSet): Promise<void> {
  const rows = await sql.query<{ arn: string; id: string }>(
    `SELECT arn, id FROM "User" WHERE "accountId" = $1 UNION ALL SELECT arn, id FROM "Role" WHERE "accountId" = $1`,
    [accountId],
  );
  const gone = new Map(rows.map(({ arn, id }) => [arn, id]));
  await bindToDeleted(sql, gone, new Set(), changes);
  await bindGrantsToDeleted(sql, gone, new Set(), changes);
}

/** A trigger would end them too, but by the database's clock. */
async function endSessions(sql: Sql, accountId: string, at: number): Promise<void> {
  await sql.query(
    `UPDATE "RoleSession" s SET "endedAt" = $2::text::timestamp(3), "endReason" = 'ROLE_DELETED' FROM "Role" r
      WHERE r.id = s."roleId" AND r."accountId" = $1 AND s."endedAt" IS NULL AND s."expiresAt" > $2::text::timestamp(3)`,
    [accountId, toIso(at)],
  );
}
