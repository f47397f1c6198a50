import { isAccountId } from '../../policy/principal-id.ts';
import type { Entry } from '../entry.ts';
import {
  type Answer,
  accountOf,
  argument,
  at,
  hasListOf,
  hasMembers,
  isWholeList,
  type Operation,
  required,
} from './answer.ts';
import { isObjectWith, organizationOf, theOrganization } from './organization-arn.ts';

/**
 * Answers of AWS Organizations on roots, units and accounts.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
 */
export const ORGANIZATION_TREE: readonly Operation[] = [
  {
    command: 'organizations describe-organization',
    looksLike: (json) => isObjectWith(json['Organization'], 'MasterAccountId'),
    noneCodes: ['AWSOrganizationsNotInUseException'],
    read: readOrganization,
  },
  { command: 'organizations list-roots', looksLike: hasMembers('Roots'), read: readRoots },
  {
    command: 'organizations list-organizational-units-for-parent',
    looksLike: hasMembers('OrganizationalUnits'),
    read: readUnits,
  },
  {
    command: 'organizations describe-organizational-unit',
    looksLike: (json) => isObjectWith(json['OrganizationalUnit'], 'Id'),
    read: (answer) => void sayUnit(answer, answer.entry.child('OrganizationalUnit'), null),
  },
  {
    command: 'organizations list-accounts',
    looksLike: hasListOf('Accounts', 'Id', 'Arn'),
    read: (answer) => readAccounts(answer, null),
  },
  {
    command: 'organizations list-accounts-for-parent',
    read: (answer) => {
      const parentId = argument(answer, 'parent');
      if (parentId !== null) readAccounts(answer, parentId);
    },
  },
  {
    command: 'organizations describe-account',
    looksLike: (json) => isObjectWith(json['Account'], 'Arn'),
    read: (answer) => void sayAccount(answer, answer.entry.child('Account'), null),
  },
  { command: 'organizations list-parents', looksLike: hasListOf('Parents', 'Id', 'Type'), read: readParents },
  { command: 'organizations list-children', looksLike: hasListOf('Children', 'Id', 'Type'), read: readChildren },
  {
    command: 'organizations list-delegated-administrators',
    looksLike: hasMembers('DelegatedAdministrators'),
    read: readAdministrators,
  },
  {
    command: 'organizations list-delegated-services-for-account',
    looksLike: hasMembers('DelegatedServices'),
    read: readDelegatedServices,
  },
  // Tags of accounts, units and policies decide nothing that is evaluated here.
  { command: 'organizations list-tags-for-resource', read: () => undefined },
];

function readOrganization(answer: Answer): void {
  const { facts, error, name } = answer;
  if (error !== null) {
    const account = accountOf(answer);
    if (account !== null) facts.accounts.say(account, { organizationId: null }, at(answer));
    return;
  }
  const entry = answer.entry.child('Organization');
  const id = entry && required(entry, 'Id');
  const managementAccountId = entry && required(entry, 'MasterAccountId');
  if (entry === null || id === null || managementAccountId === null) return;
  // With consolidated billing alone, there are no policies.
  const noPolicies =
    entry.text('FeatureSet') === 'CONSOLIDATED_BILLING' ? { scpEnabled: false, rcpEnabled: false } : {};
  facts.organizations.say(id, { managementAccountId, ...noPolicies }, at(answer));
  if (name.account !== null) facts.accounts.say(name.account, { organizationId: id }, at(answer));
}

function readRoots(answer: Answer): void {
  for (const entry of answer.entry.entries('Roots') ?? []) {
    const rootId = required(entry, 'Id');
    const id = organizationOf(answer, entry);
    if (id === null) entry.warn('Arn', 'it does not name the organization; the root is left out');
    if (rootId === null || id === null) continue;
    const rootName = entry.text('Name');
    const types = entry.entries('PolicyTypes');
    const isEnabled = (type: string) =>
      types?.some((one) => one.text('Type') === type && /^(ENABLED|PENDING_DISABLE)$/.test(one.text('Status') ?? ''));
    const scpEnabled = isEnabled('SERVICE_CONTROL_POLICY');
    const rcpEnabled = isEnabled('RESOURCE_CONTROL_POLICY');
    const s3PolicyEnabled = isEnabled('S3_POLICY');
    answer.facts.organizations.say(
      id,
      {
        rootId,
        ...(rootName !== null && { rootName }),
        ...(scpEnabled !== undefined && { scpEnabled }),
        ...(rcpEnabled !== undefined && { rcpEnabled }),
        ...(s3PolicyEnabled !== undefined && { s3PolicyEnabled }),
      },
      at(answer, rootId),
    );
  }
}

/** The last part of a path that is not the thing itself: what it is in. */
function parentIn(path: string | undefined | null, id: string): string | undefined {
  return (path ?? '')
    .split('/')
    .filter((part) => /^(r|ou)-/.test(part) && part !== id)
    .at(-1);
}

/** Answers the id. */
function sayUnit(answer: Answer, entry: Entry | null, parentId: string | null): string | null {
  const id = entry && required(entry, 'Id');
  if (entry === null || id === null) return null;
  const organizationId = organizationOf(answer, entry);
  if (organizationId === null) entry.warn('Arn', 'it does not name the organization; the unit is left out');
  if (organizationId === null) return null;
  const name = entry.text('Name');
  const parent = parentId ?? parentIn(entry.text('Path'), id);
  const unit = { organizationId, ...(name !== null && { name }), ...(parent !== undefined && { parentId: parent }) };
  answer.facts.units.say(id, unit, at(answer, id));
  return id;
}

function readUnits(answer: Answer): void {
  const parentId = answer.name.arguments[0] ?? null;
  const ids = (answer.entry.entries('OrganizationalUnits') ?? []).map((entry) => sayUnit(answer, entry, parentId));
  const known = ids.filter((id) => id !== null);
  // Units of one answer have one parent, which newer answers name themselves.
  const parent = parentId ?? (known[0] === undefined ? undefined : answer.facts.units.get(known[0]).parentId);
  if (parent === undefined) argument(answer, 'parent');
  else if (answer.isWhole && answer.entry.count('OrganizationalUnits') === known.length)
    answer.facts.parents.say(parent, { allUnits: known }, at(answer));
}

/** Answers the organization. */
function sayAccount(
  answer: Answer,
  entry: Entry | null,
  parentId: string | null,
): { id: string; organizationId: string } | null {
  const id = entry && required(entry, 'Id');
  if (entry === null || id === null) return null;
  if (!isAccountId(id)) {
    entry.warn('Id', 'it has not twelve digits; the account is left out');
    return null;
  }
  const organizationId = organizationOf(answer, entry);
  const name = entry.text('Name');
  const [path] = entry.texts('Paths') ?? [];
  const parent = parentId ?? parentIn(path, id);
  answer.facts.accounts.say(
    id,
    {
      ...(organizationId !== null && { organizationId }),
      ...(name !== null && { name }),
      ...(parent !== undefined && { parentId: parent }),
    },
    at(answer, id),
  );
  return organizationId === null ? null : { id, organizationId };
}

function readAccounts(answer: Answer, parentId: string | null): void {
  const accounts = (answer.entry.entries('Accounts') ?? []).map((entry) => sayAccount(answer, entry, parentId));
  const known = accounts.filter((account) => account !== null);
  const ids = known.map(({ id }) => id).sort();
  const organizationId = known[0]?.organizationId;
  if (parentId !== null) {
    if (answer.isWhole && answer.entry.count('Accounts') === ids.length) {
      answer.facts.parents.say(parentId, { allAccounts: ids }, at(answer));
    }
  } else if (organizationId !== undefined && isWholeList(answer, 'Accounts', ids.length)) {
    answer.facts.organizations.say(organizationId, { allAccounts: ids }, at(answer));
  }
}

function sayParent(answer: Answer, child: string, parentId: string): void {
  if (isAccountId(child)) answer.facts.accounts.say(child, { parentId }, at(answer));
  else if (child.startsWith('ou-')) answer.facts.units.say(child, { parentId }, at(answer));
  else answer.facts.note(at(answer, child), 'expected the id of an account or organizational unit');
}

function readParents(answer: Answer): void {
  const child = argument(answer, 'child');
  const [parent] = answer.entry.entries('Parents') ?? [];
  const id = parent && required(parent, 'Id');
  if (child !== null && id) sayParent(answer, child, id);
}

function readChildren(answer: Answer): void {
  const parentId = argument(answer, 'parent');
  if (parentId === null) return;
  const children = answer.entry.entries('Children') ?? [];
  const ids = children.map((child) => required(child, 'Id')).filter((id) => id !== null);
  for (const id of ids) sayParent(answer, id, parentId);
  const type = answer.name.arguments[1] ?? children[0]?.text('Type');
  if (!answer.isWhole || answer.entry.count('Children') !== ids.length) return;
  if (type === 'ORGANIZATIONAL_UNIT') answer.facts.parents.say(parentId, { allUnits: ids }, at(answer));
  if (type === 'ACCOUNT') answer.facts.parents.say(parentId, { allAccounts: ids.sort() }, at(answer));
}

function readAdministrators(answer: Answer): void {
  const entries = answer.entry.entries('DelegatedAdministrators') ?? [];
  const accounts = entries.map((entry) => sayAccount(answer, entry, null)).filter((account) => account !== null);
  const organizationId = accounts[0]?.organizationId ?? theOrganization(answer);
  if (!answer.isWhole || organizationId === null) return;
  if (answer.entry.count('DelegatedAdministrators') !== accounts.length) return;
  answer.facts.organizations.say(
    organizationId,
    { allDelegatedAdministrators: accounts.map(({ id }) => id) },
    at(answer),
  );
}

function readDelegatedServices(answer: Answer): void {
  const account = argument(answer, 'account');
  if (account === null || !answer.isWhole) return;
  const entries = answer.entry.entries('DelegatedServices') ?? [];
  const services = entries.map((entry) => required(entry, 'ServicePrincipal')).filter((name) => name !== null);
  if (answer.entry.count('DelegatedServices') !== services.length) return;
  answer.facts.delegations.say(account, { services }, at(answer));
}
