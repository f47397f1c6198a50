import type { ControlPolicyType } from '../directory/entities/organization-inputs.ts';
import { isId } from '../session/operations/organization-checks.ts';
import type { Attempt, AttemptOf } from './attempt.ts';
import type { GuardContext } from './context.ts';
import {
  controlPolicyPermission,
  type OrganizationKey,
  organizationOfAccount,
  organizationPermission,
  partitionOf,
  wholeOrganization,
} from './organization-readings.ts';
import type { Permission } from './permission.ts';

interface Organization {
  readonly organizationId: string;
}

interface Account {
  readonly accountId: string;
}

interface Unit extends Organization {
  readonly unitId: string;
}

interface Policy extends Organization {
  readonly policyId: string;
}

interface Typed extends Organization {
  readonly type: ControlPolicyType;
}

type Administration = Organization & Account & { readonly servicePrincipal: string };
type Attachment = Policy & { readonly targetId: string };

/** The values of each operation on accounts and organizations that its guard uses. Null: left out. */
export interface OrganizationValues {
  readonly CreateAccount: { readonly accountId: string | null; readonly organizationId: string | null };
  readonly PutAccountName: Account;
  readonly CloseAccount: Account & { readonly organizationId: string | null };
  readonly MoveAccount: Organization &
    Account & { readonly sourceParentId: string | null; readonly destinationParentId: string };
  readonly AddAccountToOrganization: Account;
  readonly RemoveAccountFromOrganization: Organization & Account;
  readonly CreateOrganization: Account;
  readonly DeleteOrganization: Organization;
  readonly CreateOrganizationalUnit: Organization & { readonly parentId: string };
  readonly UpdateOrganizationalUnit: Unit;
  readonly DeleteOrganizationalUnit: Unit;
  readonly RegisterDelegatedAdministrator: Administration;
  readonly DeregisterDelegatedAdministrator: Administration;
  readonly CreateControlPolicy: Typed;
  readonly UpdateControlPolicy: Policy;
  readonly DeleteControlPolicy: Policy;
  readonly AttachControlPolicy: Attachment;
  readonly DetachControlPolicy: Attachment;
  readonly EnablePolicyType: Typed;
  readonly DisablePolicyType: Typed;
}

/** An account that nobody has. */
const NOBODY = '000000000000';

function accountOf({ caller }: GuardContext): string {
  return caller.kind === 'principal' && 'accountId' in caller.ref ? caller.ref.accountId : NOBODY;
}

/**
 * The organization that an operation names, as its permissions do. Only principals of its management account can be allowed to change
 * it. Another one than the caller's own is asked about as that of an account which nobody has, whether it exists or not.
 */
async function organizationNamed(context: GuardContext, organizationId: string): Promise<OrganizationKey> {
  const own = await organizationOfAccount(context, accountOf(context));
  if (own.id === organizationId) return own;
  return { id: isId('organizationId', organizationId) ? organizationId : 'o-0000000000', managementAccountId: NOBODY };
}

/** A permission on an account, unit or root. What has no form of an id is refused by the operation itself, to whoever may. */
function onPart(context: GuardContext, action: string, organization: OrganizationKey, id: string): Permission {
  const name = `organizations:${action}`;
  if (/^\d{12}$/.test(id)) return organizationPermission(context, name, organization, 'account', id);
  if (isId('unitId', id)) return organizationPermission(context, name, organization, 'ou', id);
  return organizationPermission(context, name, organization, 'root', isId('parent', id) ? id : 'r-0000');
}

function permitted(permissions: readonly Permission[], target: string): Attempt {
  return { kind: 'permitted', permissions, target };
}

function operators(action: string, target: string, sentence: string): Attempt {
  const attempted = { event: action, action: `organizations:${action}`, target };
  return { kind: 'operators', attempted, sentence, always: false };
}

/** An operation that is one action on one thing of an organization. */
function on<Values extends Organization>(
  action: string,
  idOf: (values: Values) => string,
  keysOf: (values: Values) => Permission['context'] = () => undefined,
): AttemptOf<Values> {
  return async (values, context) => {
    const organization = await organizationNamed(context, values.organizationId);
    const id = idOf(values);
    return permitted([withKeys(onPart(context, action, organization, id), keysOf(values))], id);
  };
}

function withKeys(permission: Permission, keys: Permission['context']): Permission {
  return keys === undefined ? permission : { ...permission, context: keys };
}

function policyTypeKey(type: string): Permission['context'] {
  return new Map([['organizations:policytype', type]]);
}

function policyArn(
  context: GuardContext,
  { managementAccountId, id }: OrganizationKey,
  type: string,
  policyId: string,
) {
  const path = `policy/${id}/${type.toLowerCase()}/${policyId}`;
  return `arn:${partitionOf(context)}:organizations::${managementAccountId}:${path}`;
}

/** An id that no policy has: that of a new one is made later. */
const NEW_POLICY = 'p-00000000';

/** An operation on a control policy, and on what it is attached to. */
function onPolicy(action: string): AttemptOf<Policy & { readonly targetId?: string }> {
  return async ({ organizationId, policyId, targetId }, context) => {
    const organization = await organizationNamed(context, organizationId);
    const named = isId('policyId', policyId) ? policyId : NEW_POLICY;
    const row = await context.directory.prisma.controlPolicy.findUnique({
      where: { organizationId_id: { organizationId: organization.id, id: named } },
      select: { type: true, arn: true },
    });
    // A policy of a foreign organization is asked about like one that does not exist.
    const isOwn = organization.managementAccountId !== NOBODY;
    const type = (isOwn ? row?.type : null) ?? 'SERVICE_CONTROL_POLICY';
    const arn = (isOwn ? row?.arn : null) ?? policyArn(context, organization, type, named);
    const permissions = [
      controlPolicyPermission(`organizations:${action}`, { id: named, arn, organization }),
      ...(targetId === undefined ? [] : [onPart(context, action, organization, targetId)]),
    ];
    return permitted(
      permissions.map((permission) => withKeys(permission, policyTypeKey(type))),
      policyId,
    );
  };
}

/** On the root: nobody names it. */
function onRoot(action: string): AttemptOf<Typed> {
  return async ({ organizationId, type }, context) => {
    const organization = await organizationNamed(context, organizationId);
    const row = await context.directory.prisma.organization.findUnique({
      where: { id: organization.id },
      select: { rootId: true },
    });
    const isOwn = organization.managementAccountId !== NOBODY;
    const permission = onPart(context, action, organization, (isOwn ? row?.rootId : null) ?? 'r-0000');
    return permitted([withKeys(permission, policyTypeKey(type))], organizationId);
  };
}

const moving: AttemptOf<OrganizationValues['MoveAccount']> = async (values, context) => {
  const { organizationId, accountId, sourceParentId, destinationParentId } = values;
  const organization = await organizationNamed(context, organizationId);
  const place = await context.directory.prisma.account.findUnique({
    where: { id: accountId },
    select: { unitId: true, organization: { select: { id: true, rootId: true } } },
  });
  const isOwn = place?.organization?.id === organization.id && organization.managementAccountId !== NOBODY;
  const source = sourceParentId ?? (isOwn ? (place?.unitId ?? place?.organization?.rootId) : null) ?? 'r-0000';
  const ids = [accountId, source, destinationParentId];
  return permitted(
    ids.map((id) => onPart(context, 'MoveAccount', organization, id)),
    accountId,
  );
};

/**
 * Whoever is in the account names it itself; the management account of its organization names it as one of that.
 * https://docs.aws.amazon.com/accounts/latest/reference/API_PutAccountName.html
 */
const naming: AttemptOf<Account> = async ({ accountId }, context) => {
  const own = accountOf(context);
  const [organization, place] = await Promise.all([
    organizationOfAccount(context, own),
    organizationOfAccount(context, accountId),
  ]);
  const partition = partitionOf(context);
  // Accounts without an organization are each asked about as managing one of their own.
  const isMember = place.id === organization.id && place.managementAccountId === organization.managementAccountId;
  const resource =
    own === accountId
      ? `arn:${partition}:account::${accountId}:account`
      : `arn:${partition}:account::${isMember ? organization.managementAccountId : NOBODY}:account/${organization.id}/${accountId}`;
  return permitted([{ action: 'account:PutAccountName', resource, account: null }], accountId);
};

function unitOf({ unitId }: Unit): string {
  return isId('unitId', unitId) ? unitId : 'ou-0000-00000000';
}

/** An action that AWS asks about the whole organization. */
async function ofWhole(context: GuardContext, action: string, organizationId: string): Promise<Attempt> {
  const organization = await organizationNamed(context, organizationId);
  return permitted([wholeOrganization(`organizations:${action}`, organization)], organizationId);
}

const CHOSEN =
  'only the operator may create an account with an id of its choice, or one that belongs to no organization';
const OUTSIDE = 'only the operator may close an account without naming its organization';
const BOTH_SIDES = 'only the operator may add an account to an organization: the account itself is not asked';

const servicePrincipalKey = ({ servicePrincipal }: Administration): Permission['context'] =>
  new Map([['organizations:serviceprincipal', servicePrincipal]]);

/** What each operation on accounts and organizations needs. */
export const ORGANIZATION_ATTEMPTS: {
  readonly [Name in keyof OrganizationValues]: AttemptOf<OrganizationValues[Name]>;
} = {
  // Policies everywhere name accounts by their ids.
  CreateAccount: ({ accountId, organizationId }, context) =>
    organizationId === null || accountId !== null
      ? operators('CreateAccount', accountId ?? organizationId ?? '', CHOSEN)
      : ofWhole(context, 'CreateAccount', organizationId),
  PutAccountName: naming,
  CloseAccount: async ({ accountId, organizationId }, context) => {
    if (organizationId === null) return operators('CloseAccount', accountId, OUTSIDE);
    const organization = await organizationNamed(context, organizationId);
    return permitted([onPart(context, 'CloseAccount', organization, accountId)], accountId);
  },
  MoveAccount: moving,
  AddAccountToOrganization: ({ accountId }) => operators('InviteAccountToOrganization', accountId, BOTH_SIDES),
  RemoveAccountFromOrganization: on('RemoveAccountFromOrganization', ({ accountId }) => accountId),
  CreateOrganization: ({ accountId: account }) =>
    permitted([{ action: 'organizations:CreateOrganization', resource: '*', account }], account),
  DeleteOrganization: ({ organizationId }, context) => ofWhole(context, 'DeleteOrganization', organizationId),
  CreateOrganizationalUnit: on('CreateOrganizationalUnit', ({ parentId }) => parentId),
  UpdateOrganizationalUnit: on('UpdateOrganizationalUnit', unitOf),
  DeleteOrganizationalUnit: on('DeleteOrganizationalUnit', unitOf),
  RegisterDelegatedAdministrator: on(
    'RegisterDelegatedAdministrator',
    ({ accountId }) => accountId,
    servicePrincipalKey,
  ),
  DeregisterDelegatedAdministrator: on(
    'DeregisterDelegatedAdministrator',
    ({ accountId }) => accountId,
    servicePrincipalKey,
  ),
  CreateControlPolicy: async ({ organizationId, type }, context) => {
    const organization = await organizationNamed(context, organizationId);
    const resource = policyArn(context, organization, type, NEW_POLICY);
    const action = 'organizations:CreatePolicy';
    return permitted([{ action, resource, account: null, context: policyTypeKey(type) ?? new Map() }], organizationId);
  },
  UpdateControlPolicy: onPolicy('UpdatePolicy'),
  DeleteControlPolicy: onPolicy('DeletePolicy'),
  AttachControlPolicy: onPolicy('AttachPolicy'),
  DetachControlPolicy: onPolicy('DetachPolicy'),
  EnablePolicyType: onRoot('EnablePolicyType'),
  DisablePolicyType: onRoot('DisablePolicyType'),
};
