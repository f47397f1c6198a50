import { InvalidInput } from '../../policy/errors.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import type { AccountInput, DirectoryDocument, OrganizationInput } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import type { ChangeSet } from './change-set.ts';
import type { IndexedDocument } from './index-document.ts';
import { checkAllAccounts, forgetPlaces, forgetSettings, leftAccounts } from './left-accounts.ts';
import { isNewcomer, type NamedAccount, planAccount } from './plan-account.ts';
import { planOrganization } from './plan-organization.ts';
import { readAccounts, readOrganizations, type StoredAccount, type StoredOrganization } from './stored.ts';
import { unitsAfter } from './units.ts';

type Membership = Exclude<NonNullable<AccountInput['membership']>, 'NONE'>;

interface Stored {
  readonly organizations: ReadonlyMap<string, StoredOrganization>;
  /** Those of the document, and those that control policies are attached to. */
  readonly accounts: ReadonlyMap<string, StoredAccount>;
}

function targetsOf({ controlPolicies = [] }: OrganizationInput): readonly string[] {
  return controlPolicies.flatMap(({ targets }) => targets);
}

/** Plans the organizations and accounts of a document. Throws InvalidInput where they contradict each other. */
export async function planOrganizations(
  sql: Sql,
  document: DirectoryDocument,
  { accounts, organizations }: IndexedDocument,
  changes: ChangeSet,
): Promise<void> {
  const { organizations: inputs = [] } = document;
  const memberships = [...accounts.values()].flatMap(({ id, input }) =>
    typeof input?.membership === 'object' ? [{ id, membership: input.membership }] : [],
  );
  const ids = new Set([...organizations.keys(), ...memberships.map(({ membership }) => membership.organizationId)]);
  const named = inputs.flatMap((each) => [each.managementAccountId, ...targetsOf(each)]).filter(isAccountId);
  const stored: Stored = {
    organizations: new Map((await readOrganizations(sql, [...ids])).map((row) => [row.id, row])),
    accounts: new Map((await readAccounts(sql, [...accounts.keys(), ...named])).map((row) => [row.id, row])),
  };
  await checkOwners(sql, [...organizations.values()]);
  for (const { id, membership } of memberships) checkPlace(id, membership, organizations, stored);
  const removedUnits: string[] = [];
  for (const input of organizations.values()) {
    checkMembers(input, accounts, stored);
    checkAllAccounts(input, accounts);
    const partition = accounts.get(input.managementAccountId)?.partition ?? 'aws';
    removedUnits.push(...planOrganization(input, stored.organizations.get(input.id) ?? null, partition, changes));
  }
  const left = await leftAccounts(sql, { organizations });
  await forgetPlaces(sql, left, document, stored.organizations, changes);
  await planAccounts(sql, accounts, stored, { removedUnits, left }, changes);
  const newcomers = [...stored.accounts.values()].filter((row) => isNewcomer(row, accounts.get(row.id)?.input ?? null));
  const elsewhere = left.filter(({ id }) => accounts.get(id)?.input?.membership === undefined);
  await forgetSettings(sql, [...new Set([...newcomers, ...elsewhere].map(({ id }) => id))], document, changes);
}

/** Stored accounts whose place is not known any more, unless the document gives them one. */
interface Displacing {
  /** Ids of units that are removed with accounts in them. */
  readonly removedUnits: readonly string[];
  readonly left: readonly StoredAccount[];
}

async function planAccounts(
  sql: Sql,
  accounts: ReadonlyMap<string, NamedAccount>,
  stored: Stored,
  { removedUnits, left }: Displacing,
  changes: ChangeSet,
): Promise<void> {
  const placed = (id: string): boolean => accounts.get(id)?.input?.membership !== undefined;
  const leftIds = new Set(left.map(({ id }) => id));
  const inRemoved =
    removedUnits.length === 0
      ? []
      : await sql.query<{ id: string }>(`SELECT id FROM "Account" WHERE "unitId" = ANY($1::text[])`, [removedUnits]);
  const unitless = await readAccounts(
    sql,
    inRemoved.map(({ id }) => id).filter((id) => !placed(id) && !leftIds.has(id)),
  );
  const gone = left.filter(({ id }) => !placed(id));
  for (const { id, unitId } of unitless) {
    changes.warn(
      `account ${id}: the organizational unit ${unitId} is gone, and the account's place is not known any more`,
    );
  }
  for (const { id, organizationId } of gone) {
    changes.warn(
      `account ${id}: the organization ${organizationId} does not list it any more; which one it is in is not known`,
    );
  }
  // What the organization that an account has left sets for it does not count.
  const kept = new Map([
    ...unitless.map((row) => [row.id, withoutPlace(row)] as const),
    ...gone.map((row) => [row.id, { ...withoutPlace(row), organizationPublicAccessBlock: null }] as const),
  ]);
  for (const account of accounts.values()) {
    const row = stored.accounts.get(account.id) ?? null;
    planAccount(account, kept.get(account.id) ?? row, row, changes);
  }
  for (const row of [...unitless, ...gone]) {
    if (!accounts.has(row.id)) planAccount({ ...row, input: null }, kept.get(row.id) ?? row, row, changes);
  }
}

function withoutPlace(row: StoredAccount): StoredAccount {
  return { ...row, membership: 'UNKNOWN', organizationId: null, unitId: null };
}

/** Roots and units belong to one organization, and an account manages one. */
async function checkOwners(sql: Sql, organizations: readonly OrganizationInput[]): Promise<void> {
  const owners = new Map<string, string>();
  const claim = (what: string, organizationId: string): void => {
    const owner = owners.get(what) ?? organizationId;
    if (owner !== organizationId) {
      throw new InvalidInput('document', `${what} belongs to the organization ${owner}, and to ${organizationId} too`);
    }
    owners.set(what, owner);
  };
  const roots = organizations.map(({ rootId }) => rootId);
  const units = organizations.flatMap((each) => each.units ?? []).map(({ id }) => id);
  const rows =
    organizations.length === 0
      ? []
      : await sql.query<{ what: string; organizationId: string }>(
          `SELECT 'root ' || "rootId" AS what, id AS "organizationId" FROM "Organization" WHERE "rootId" = ANY($1::text[])
           UNION ALL SELECT 'organizational unit ' || id, "organizationId" FROM "OrganizationalUnit"
            WHERE id = ANY($2::text[])`,
          [roots, units],
        );
  for (const { what, organizationId } of rows) claim(what, organizationId);
  for (const { id, rootId, units: own = [], managementAccountId } of organizations) {
    claim(`root ${rootId}`, id);
    for (const unit of own) claim(`organizational unit ${unit.id}`, id);
    claim(`management account ${managementAccountId}`, id);
  }
}

function checkPlace(
  accountId: string,
  { organizationId, unitId }: Membership,
  given: ReadonlyMap<string, OrganizationInput>,
  { organizations }: Stored,
): void {
  const organization = organizations.get(organizationId);
  const units = unitsAfter(given.get(organizationId) ?? {}, organization ?? null);
  if (!given.has(organizationId) && organization === undefined) {
    throw new InvalidInput('document', `account ${accountId}: there is no organization \`${organizationId}\``);
  }
  if (unitId !== null && !units.some((unit) => unit.id === unitId)) {
    const what = `there is no organizational unit \`${unitId}\` in ${organizationId}`;
    throw new InvalidInput('document', `account ${accountId}: ${what}`);
  }
}

/** The management account, and what control policies are attached to, must be in the organization, or have no known place. */
function checkMembers(input: OrganizationInput, accounts: ReadonlyMap<string, NamedAccount>, stored: Stored): void {
  const { id, rootId, managementAccountId, controlPolicies = [] } = input;
  const placeOf = (accountId: string): string => {
    const membership = accounts.get(accountId)?.input?.membership;
    if (typeof membership === 'object') return membership.organizationId;
    const row = stored.accounts.get(accountId);
    return membership ?? row?.organizationId ?? row?.membership ?? 'UNKNOWN';
  };
  const isOutside = (accountId: string): boolean => ![id, 'UNKNOWN'].includes(placeOf(accountId));
  if (isOutside(managementAccountId)) {
    const what = `its management account ${managementAccountId} is no member of it`;
    throw new InvalidInput('document', `organization ${id}: ${what}`);
  }
  const units = new Set(unitsAfter(input, stored.organizations.get(id) ?? null).map((unit) => unit.id));
  const isThere = (target: string): boolean =>
    target === rootId ||
    units.has(target) ||
    ((accounts.has(target) || stored.accounts.has(target)) && !isOutside(target));
  for (const { id: policyId, targets } of controlPolicies) {
    const missing = targets.find((target) => !isThere(target));
    if (missing !== undefined) {
      const what = `its target \`${missing}\` is not the root, a unit or an account of the organization ${id}`;
      throw new InvalidInput('document', `control policy ${policyId}: ${what}`);
    }
  }
}
