import { splitArn } from '../policy/arn.ts';
import type { GuardContext } from './context.ts';
import type { Permission } from './permission.ts';
import { needsAny, type Ruling } from './ruling.ts';

/** As `Reading` of readings.ts, which imports this file. */
type Reading<Entity> = (context: GuardContext, entity: Entity) => Ruling | Promise<Ruling>;

/** An organization as its permissions name it. */
export interface OrganizationKey {
  /** o-… */
  readonly id: string;
  readonly managementAccountId: string;
}

interface OrganizationRoot extends OrganizationKey {
  /** r-… */
  readonly rootId: string;
}

interface OrganizationalUnit {
  /** ou-… */
  readonly id: string;
  readonly organization: OrganizationKey;
}

interface ControlPolicy {
  /** p-… */
  readonly id: string;
  readonly arn: string;
  readonly organization: OrganizationKey;
}

interface NumberedAccount {
  readonly id: string;
}

/** An organization lies in one partition: it is that of everybody who could be allowed to read it. */
export function partitionOf({ caller }: GuardContext): string {
  const arn = caller.kind === 'principal' && 'arn' in caller.ref ? caller.ref.arn : '';
  return splitArn(arn)[1] ?? 'aws';
}

/** A permission on something of an organization: `type` and `id` are those of its ARN. */
export function organizationPermission(
  context: GuardContext,
  action: string,
  { id: organizationId, managementAccountId }: OrganizationKey,
  type: 'account' | 'ou' | 'root',
  id: string,
): Permission {
  const resource = `arn:${partitionOf(context)}:organizations::${managementAccountId}:${type}/${organizationId}/${id}`;
  return { action, resource, account: null };
}

/**
 * A permission on a control policy. AWS's own are of no organization; who may read where one of them is attached is decided as
 * for a policy of the organization.
 */
export function controlPolicyPermission(action: string, { id, arn, organization }: ControlPolicy): Permission {
  const [, partition = 'aws', , , account, resource = ''] = splitArn(arn);
  if (account !== 'aws') return { action, resource: arn, account: null };
  const { managementAccountId } = organization;
  const [, type = ''] = resource.split('/');
  const own = `arn:${partition}:organizations::${managementAccountId}:policy/${organization.id}/${type}/${id}`;
  return { action, resource: own, account: null };
}

/** A permission to read of an organization as a whole. */
export function wholeOrganization(action: string, { managementAccountId }: OrganizationKey): Permission {
  return { action, resource: '*', account: managementAccountId };
}

/**
 * The permission to describe an organization. Every member of it can have that, in its own account.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
 */
export async function describePermission(context: GuardContext, organization: OrganizationKey): Promise<Permission> {
  const { caller, directory } = context;
  const own = caller.kind === 'principal' && 'accountId' in caller.ref ? caller.ref.accountId : '';
  const place = own === '' ? undefined : (await directory.organizationOf([own])).get(own);
  const account = place?.organizationId === organization.id ? own : organization.managementAccountId;
  return { action: 'organizations:DescribeOrganization', resource: '*', account };
}

const described: Reading<OrganizationKey> = async (context, organization) =>
  needsAny(context, [await describePermission(context, organization)]);

function whole(...actions: readonly string[]): Reading<OrganizationKey> {
  return (context, organization) =>
    needsAny(
      context,
      actions.map((action) => wholeOrganization(action, organization)),
    );
}

/** An action on the unit, or one that reads the same of the whole organization. */
function onUnit(action: string, ofWhole?: string): Reading<OrganizationalUnit> {
  return (context, { id, organization }) =>
    needsAny(context, [
      organizationPermission(context, action, organization, 'ou', id),
      ...(ofWhole === undefined ? [] : [wholeOrganization(ofWhole, organization)]),
    ]);
}

function onRoot(action: string, ofWhole?: string): Reading<OrganizationRoot> {
  return (context, root) =>
    needsAny(context, [
      organizationPermission(context, action, root, 'root', root.rootId),
      ...(ofWhole === undefined ? [] : [wholeOrganization(ofWhole, root)]),
    ]);
}

function onPolicy(action: string): Reading<ControlPolicy> {
  return (context, policy) => needsAny(context, [controlPolicyPermission(action, policy)]);
}

/** Everybody may read AWS's own policies. */
const documentOf: Reading<ControlPolicy> = (context, policy) =>
  splitArn(policy.arn)[4] === 'aws' ? needsAny(context, []) : onPolicy('organizations:DescribePolicy')(context, policy);

/**
 * The organization that an account is known to belong to. Of an account without one, what belongs to organizations is decided as if
 * it managed one of its own.
 */
export async function organizationOfAccount({ directory }: GuardContext, id: string): Promise<OrganizationKey> {
  const place = (await directory.organizationOf([id])).get(id);
  return place === undefined
    ? { id: 'o-none000000', managementAccountId: id }
    : { id: place.organizationId, managementAccountId: place.managementAccountId };
}

/** An action on an account at its organization. */
function onAccount(action: string): Reading<NumberedAccount> {
  return async (context, { id }) => {
    const organization = await organizationOfAccount(context, id);
    return needsAny(context, [organizationPermission(context, action, organization, 'account', id)]);
  };
}

/** The permissions needed to read each part of organizations that says more than that it is there. */
export const ORGANIZATION_READINGS = {
  organization: {
    managementAccountId: described,
    managementAccount: described,
    enabledPolicyTypes: whole('organizations:ListRoots'),
    roots: whole('organizations:ListRoots'),
    units: whole('organizations:ListOrganizationalUnitsForParent'),
    accounts: whole('organizations:ListAccounts'),
    controlPolicies: whole('organizations:ListPolicies'),
    delegatedAdministrators: whole('organizations:ListDelegatedAdministrators'),
  },
  root: {
    name: whole('organizations:ListRoots'),
    units: onRoot('organizations:ListOrganizationalUnitsForParent'),
    accounts: onRoot('organizations:ListAccountsForParent'),
    controlPolicies: onRoot('organizations:ListPoliciesForTarget'),
  },
  unit: {
    name: onUnit('organizations:DescribeOrganizationalUnit', 'organizations:ListOrganizationalUnitsForParent'),
    parent: onUnit('organizations:ListParents', 'organizations:ListOrganizationalUnitsForParent'),
    units: onUnit('organizations:ListOrganizationalUnitsForParent'),
    accounts: onUnit('organizations:ListAccountsForParent'),
    controlPolicies: onUnit('organizations:ListPoliciesForTarget'),
  },
  controlPolicy: {
    document: documentOf,
    targets: onPolicy('organizations:ListTargetsForPolicy'),
  },
  account: {
    unit: onAccount('organizations:ListParents'),
    controlPolicies: onAccount('organizations:ListPoliciesForTarget'),
    organizationPublicAccessBlock: onAccount('organizations:DescribeEffectivePolicy'),
  },
} as const;
