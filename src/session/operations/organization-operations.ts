import type { OperationsOf } from './described.ts';
import * as check from './organization-checks.ts';

type Name =
  | 'createAccount'
  | 'putAccountName'
  | 'closeAccount'
  | 'moveAccount'
  | 'addAccountToOrganization'
  | 'removeAccountFromOrganization'
  | 'createOrganization'
  | 'deleteOrganization'
  | 'createOrganizationalUnit'
  | 'updateOrganizationalUnit'
  | 'deleteOrganizationalUnit'
  | 'registerDelegatedAdministrator'
  | 'deregisterDelegatedAdministrator'
  | 'createControlPolicy'
  | 'updateControlPolicy'
  | 'deleteControlPolicy'
  | 'attachControlPolicy'
  | 'detachControlPolicy'
  | 'enablePolicyType'
  | 'disablePolicyType';

const ofAccount = ({ accountId }: { readonly accountId: string }): string => accountId;
const ofOrganization = ({ organizationId }: { readonly organizationId: string }): string => organizationId;
const ofUnit = ({ unitId }: { readonly unitId: string }): string => unitId;
const ofPolicy = ({ policyId }: { readonly policyId: string }): string => policyId;

const inOrganization = ({ organizationId }: { readonly organizationId: string }): void =>
  check.checkId('organizationId', organizationId);

/** Operations on accounts, organizations and control policies. */
export const ORGANIZATION_OPERATIONS: OperationsOf<Name> = {
  createAccount: {
    action: 'organizations:CreateAccount',
    target: ({ accountId, organizationId, name }) => accountId ?? organizationId ?? name,
    check: ({ name, organizationId, partition, roleName }) => {
      check.checkAccountName(name);
      if (organizationId !== undefined) check.checkId('organizationId', organizationId);
      check.checkPartition(partition);
      check.checkRoleName(roleName);
    },
  },
  putAccountName: {
    action: 'account:PutAccountName',
    target: ofAccount,
    check: ({ name }) => check.checkAccountName(name),
  },
  closeAccount: {
    action: 'organizations:CloseAccount',
    target: ofAccount,
    check: ({ organizationId }) => {
      if (organizationId !== undefined) check.checkId('organizationId', organizationId);
    },
    ends: true,
  },
  moveAccount: {
    action: 'organizations:MoveAccount',
    target: ofAccount,
    check: ({ organizationId, sourceParentId, destinationParentId }) => {
      check.checkId('organizationId', organizationId);
      if (sourceParentId !== undefined) check.checkId('parent', sourceParentId, 'sourceParentId');
      check.checkId('parent', destinationParentId, 'destinationParentId');
    },
  },
  addAccountToOrganization: {
    action: 'organizations:InviteAccountToOrganization',
    target: ofAccount,
    check: inOrganization,
  },
  removeAccountFromOrganization: {
    action: 'organizations:RemoveAccountFromOrganization',
    target: ofAccount,
    check: inOrganization,
  },
  createOrganization: {
    action: 'organizations:CreateOrganization',
    target: ({ managementAccountId }) => managementAccountId,
  },
  deleteOrganization: {
    action: 'organizations:DeleteOrganization',
    target: ofOrganization,
    check: inOrganization,
    ends: true,
  },
  createOrganizationalUnit: {
    action: 'organizations:CreateOrganizationalUnit',
    target: ({ parentId }) => parentId,
    check: ({ organizationId, parentId, name }) => {
      check.checkId('organizationId', organizationId);
      check.checkId('parent', parentId, 'parentId');
      check.checkUnitName(name);
    },
  },
  updateOrganizationalUnit: {
    action: 'organizations:UpdateOrganizationalUnit',
    target: ofUnit,
    check: ({ organizationId, unitId, name }) => {
      check.checkId('organizationId', organizationId);
      check.checkId('unitId', unitId);
      check.checkUnitName(name);
    },
  },
  deleteOrganizationalUnit: {
    action: 'organizations:DeleteOrganizationalUnit',
    target: ofUnit,
    check: ({ organizationId, unitId }) => {
      check.checkId('organizationId', organizationId);
      check.checkId('unitId', unitId);
    },
    ends: true,
  },
  registerDelegatedAdministrator: {
    action: 'organizations:RegisterDelegatedAdministrator',
    target: ofAccount,
    check: checkAdministration,
  },
  deregisterDelegatedAdministrator: {
    action: 'organizations:DeregisterDelegatedAdministrator',
    target: ofAccount,
    check: checkAdministration,
  },
  createControlPolicy: {
    action: 'organizations:CreatePolicy',
    target: ofOrganization,
    check: (input) => {
      check.checkId('organizationId', input.organizationId);
      check.checkPolicyFields(input);
      check.checkControlDocument(input.policyDocument, input.type);
    },
  },
  updateControlPolicy: {
    action: 'organizations:UpdatePolicy',
    target: ofPolicy,
    check: (input) => {
      checkPolicyIds(input);
      check.checkPolicyFields(input);
    },
  },
  deleteControlPolicy: { action: 'organizations:DeletePolicy', target: ofPolicy, check: checkPolicyIds, ends: true },
  attachControlPolicy: { action: 'organizations:AttachPolicy', target: ofPolicy, check: checkAttachment },
  detachControlPolicy: { action: 'organizations:DetachPolicy', target: ofPolicy, check: checkAttachment },
  enablePolicyType: { action: 'organizations:EnablePolicyType', target: ofOrganization, check: inOrganization },
  disablePolicyType: { action: 'organizations:DisablePolicyType', target: ofOrganization, check: inOrganization },
};

function checkAdministration(input: { readonly organizationId: string; readonly servicePrincipal: string }): void {
  check.checkId('organizationId', input.organizationId);
  check.checkServicePrincipal(input.servicePrincipal);
}

function checkPolicyIds(input: { readonly organizationId: string; readonly policyId: string }): void {
  check.checkId('organizationId', input.organizationId);
  check.checkId('policyId', input.policyId);
}

function checkAttachment(input: {
  readonly organizationId: string;
  readonly policyId: string;
  readonly targetId: string;
}): void {
  checkPolicyIds(input);
  check.checkId('targetId', input.targetId);
}
