import type { Exceptions } from './lint.ts';

const CONTRACT = 'clients of the first version rely on it';
const AWS = 'it is called as the parameter of AWS’s operation is';
const HARDWARE = 'AWS takes the number of a hardware device there as well as an ARN';
const ATTACHED = 'what is listed is attached to it';
const SERVICE = 'it is called as the field of a service, or of an action, in the catalogue';
const COMPARED = 'it is the document before or after a change: no connection is paged there';
const OPERATOR = '`operator` stands there too, who is no principal';

/** Why elements are against a rule. One that no longer is has to be taken out here. */
export const EXCEPTIONS: Exceptions = {
  guardedIsNullable: {
    'Query.nodes': `${CONTRACT}: its entries are null`,
    'Role.maxSessionDuration': CONTRACT,
    'RoleSession.role': CONTRACT,
    'RoleSession.assumedBy': CONTRACT,
    'RoleSession.roleSessionName': CONTRACT,
    'RoleSession.issuedAt': CONTRACT,
    'RoleSession.expiresAt': CONTRACT,
  },
  connectionsHaveOneForm: {
    AccessGraph: 'its `edges` are those of a graph, and no entries of a page',
  },
  scalarsSayMost: {
    'AuditEvent.principal': OPERATOR,
    'AuditEventFilterInput.principal': OPERATOR,
    'ImportAccountAuthorizationDetailsInput.document': 'it is an export of an account and no policy',
    'MatchedStatement.policy': 'it names the policy',
    'PermissionTerm.resources': 'they are patterns',
  },
  argumentNames: {
    'AssumeInstanceProfileInput.instanceProfile': 'it stands beside `role`, which it is instead of',
    'AssumeRoleInput.role': CONTRACT,
    'AssumeRoleWithWebIdentityInput.role': 'it is called as that of AssumeRoleInput',
    'RoleSessionFilterInput.role': 'it is called as that of AssumeRoleInput',
    'RoleSessionFilterInput.assumedBy': 'it is called as the field of RoleSession',
    'AuditEventFilterInput.roleSession': 'it is the `id` of a RoleSession and not a key of its own',
    'AuditEventFilterInput.principal': OPERATOR,
    'DeactivateMfaDeviceInput.serialNumber': AWS,
    'DeleteVirtualMfaDeviceInput.serialNumber': AWS,
    'EnableMfaDeviceInput.serialNumber': AWS,
    'AssumeRoleInput.serialNumber': HARDWARE,
    'GetSessionTokenInput.serialNumber': HARDWARE,
    'SignInInput.serialNumber': HARDWARE,
    'CreateCheckerInput.search': 'it says whether the checker may search',
    'Query.policies(scope)':
      'it is called as the parameter of iam:ListPolicies is; the scope of a checker is that of its questions',
    'Query.principals(kinds)': 'they are the kinds of what it lists, as those of `findings` are',
    'Query.comparePolicies(after)': COMPARED,
    'Query.comparePolicies(before)': COMPARED,
    'CreateRoleInput.permissionsBoundary': AWS,
    'CreateUserInput.permissionsBoundary': AWS,
    'Query.resourceRefs(arns)': 'they are the `arn`s of what it returns',
    'ServiceActionInput.resourceTypes': SERVICE,
    'ServiceInput.actions': SERVICE,
    'ServiceInput.conditionKeys': SERVICE,
    'ServiceConditionKeyInput.type': 'it is the type of the values of a key; elsewhere it is that of a control policy',
    'PutRolePermissionsBoundaryInput.permissionsBoundary': AWS,
    'PutUserPermissionsBoundaryInput.permissionsBoundary': AWS,
    'Account.policies(attachedTo)': ATTACHED,
    'Query.policies(attachedTo)': ATTACHED,
    'Query.principal(principalId)': CONTRACT,
    'ImportAccountAuthorizationDetailsInput.document': 'it is an export of an account and no policy',
    'SimulateCustomPoliciesInput.requests': 'they are asked about policies that are given, not about the directory',
  },
};
