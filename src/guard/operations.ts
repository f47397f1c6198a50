import type { PrincipalRef } from '../policy/principal-id.ts';
import type { CheckerCaller } from '../session/caller.ts';
import type { ChangeInputs } from '../session/entity-changes.ts';
import { IMPORT_EVENTS } from '../session/import-document.ts';
import type { OidcProviderInput } from '../session/oidc-provider.ts';
import type { Attempt, AttemptOf } from './attempt.ts';
import * as checkers from './checker-attempts.ts';
import { deletionOfRole, deletionOfUser } from './deletion-attempts.ts';
import { bounded, onResource } from './entity-attempts.ts';
import { IAM_ATTEMPTS, type IamValues } from './iam-operations.ts';
import * as identity from './identity-attempts.ts';
import { ORGANIZATION_ATTEMPTS, type OrganizationValues } from './organization-attempts.ts';
import { RESOURCE_ATTEMPTS, type ResourceValues } from './resource-attempts.ts';

/** The named values from the input of an operation of IAM: `Given<'deleteRole', 'roleArn'>`. */
type Given<Name extends keyof ChangeInputs, Values extends keyof ChangeInputs[Name]> = Pick<ChangeInputs[Name], Values>;

/** The guard of the operation does not depend on its values. */
type NoValues = Readonly<Record<string, never>>;

/** The values of each operation that its guard uses: AWS's parameters, with ARNs in place of names. */
export interface OperationValues extends IamValues, OrganizationValues, ResourceValues {
  readonly SignIn: NoValues;
  readonly SignOut: NoValues;
  readonly AssumeRole: NoValues;
  readonly AssumeInstanceProfile: NoValues;
  readonly AssumeRoleWithWebIdentity: NoValues;
  readonly GetSessionToken: NoValues;
  readonly GetFederationToken: NoValues;
  readonly ExitRole: NoValues;
  readonly ImportAccountAuthorizationDetails: NoValues;
  readonly ImportDirectory: NoValues;
  readonly RegisterService: NoValues;
  readonly UpdateService: NoValues;
  readonly RemoveService: NoValues;
  readonly RotateSigningKey: NoValues;
  readonly CreateChecker: checkers.NewCheckerScope;
  readonly RotateChecker: checkers.RotatedChecker;
  readonly RevokeChecker: checkers.NamedChecker;
  readonly AcknowledgeFinding: { readonly accountId: string };
  readonly CreateAccessKey: { readonly principal: PrincipalRef };
  readonly UpdateAccessKey: identity.NamedKey;
  readonly DeleteAccessKey: identity.NamedKey;
  readonly CreateVirtualMFADevice: { readonly accountId: string; readonly name: string };
  readonly EnableMFADevice: identity.UsersDevice;
  readonly DeactivateMFADevice: identity.UsersDevice;
  readonly DeleteVirtualMFADevice: { readonly serialNumber: string };
  readonly CreateOpenIDConnectProvider: Pick<OidcProviderInput, 'accountId' | 'url'>;
  readonly UpdateOpenIDConnectProvider: identity.ProviderUpdate;
  readonly AddClientIDToOpenIDConnectProvider: { readonly arn: string };
  readonly RemoveClientIDFromOpenIDConnectProvider: { readonly arn: string };
  readonly DeleteOpenIDConnectProvider: { readonly arn: string };
  readonly ApplyChanges: NoValues;
  readonly RevokeRoleSessions: { readonly roleArn: string };
  readonly DeleteRole: Required<Given<'deleteRole', 'roleArn' | 'withDependents'>>;
  readonly PutRolePolicy: Given<'putRolePolicy', 'roleArn'>;
  readonly DeleteRolePolicy: Given<'deleteRolePolicy', 'roleArn'>;
  readonly AttachRolePolicy: Given<'attachRolePolicy', 'roleArn' | 'policyArn'>;
  readonly DetachRolePolicy: Given<'detachRolePolicy', 'roleArn' | 'policyArn'>;
  readonly UpdateAssumeRolePolicy: Given<'updateAssumeRolePolicy', 'roleArn'>;
  readonly PutRolePermissionsBoundary: Given<'putRolePermissionsBoundary', 'roleArn' | 'permissionsBoundary'>;
  readonly DeleteRolePermissionsBoundary: Given<'deleteRolePermissionsBoundary', 'roleArn'>;
  readonly DeleteUser: Required<Given<'deleteUser', 'userArn' | 'withDependents'>>;
  readonly PutUserPolicy: Given<'putUserPolicy', 'userArn'>;
  readonly DeleteUserPolicy: Given<'deleteUserPolicy', 'userArn'>;
  readonly AttachUserPolicy: Given<'attachUserPolicy', 'userArn' | 'policyArn'>;
  readonly DetachUserPolicy: Given<'detachUserPolicy', 'userArn' | 'policyArn'>;
  readonly PutUserPermissionsBoundary: Given<'putUserPermissionsBoundary', 'userArn' | 'permissionsBoundary'>;
  readonly DeleteUserPermissionsBoundary: Given<'deleteUserPermissionsBoundary', 'userArn'>;
  readonly AddUserToGroup: Given<'addUserToGroup', 'userArn' | 'groupArn'>;
  readonly RemoveUserFromGroup: Given<'removeUserFromGroup', 'userArn' | 'groupArn'>;
}

/** AWS's name of each operation that changes something; our own name where AWS has none. */
export type OperationName = keyof OperationValues;

/** Rules for who may perform an operation. */
export interface Operation<Values> {
  /** `anybody`: also callers without credentials. */
  readonly caller: 'anybody' | 'signedIn';
  /** Its attempt; null: the operation itself decides whether the caller is allowed. The operator passes every guard. */
  readonly attempt: AttemptOf<Values> | null;
  /** Whether a checker may perform it. Left out: no checker may, not even what anybody may. */
  readonly checker?: (values: Values, caller: CheckerCaller) => boolean;
}

const ANYBODY: Operation<NoValues> = { caller: 'anybody', attempt: null };
/**
 * Whether a caller may assume a role is decided by the operation that assumes it. The operations themselves also refuse
 * the operator, and callers that leave a role without being in one.
 */
const SIGNED_IN: Operation<NoValues> = { caller: 'signedIn', attempt: null };

function needing<Values>(attempt: AttemptOf<Values>): Operation<Values> {
  return { caller: 'signedIn', attempt };
}

function needingEach<Table>(attempts: { readonly [Name in keyof Table]: AttemptOf<Table[Name]> }): {
  readonly [Name in keyof Table]: Operation<Table[Name]>;
} {
  const entries = Object.entries<AttemptOf<never>>(attempts);
  // as: each has the values of its attempt
  return Object.fromEntries(entries.map(([name, attempt]) => [name, needing(attempt)])) as {
    readonly [Name in keyof Table]: Operation<Table[Name]>;
  };
}

/** An operation that only the operator may perform. `event`: its name, also in the audit trail. */
function operators(event: string): Operation<NoValues> {
  const attempt: Attempt = {
    kind: 'operators',
    attempted: { event },
    sentence: `only the operator may perform \`${event}\``,
    always: true,
  };
  return needing(() => attempt);
}

/** What each operation requires of its caller. */
export const OPERATIONS: { readonly [Name in OperationName]: Operation<OperationValues[Name]> } = {
  SignIn: ANYBODY,
  SignOut: ANYBODY,
  AssumeRole: SIGNED_IN,
  AssumeInstanceProfile: SIGNED_IN,
  AssumeRoleWithWebIdentity: ANYBODY,
  GetSessionToken: SIGNED_IN,
  GetFederationToken: SIGNED_IN,
  ExitRole: SIGNED_IN,
  ImportAccountAuthorizationDetails: operators(IMPORT_EVENTS.details),
  ImportDirectory: operators(IMPORT_EVENTS.directory),
  RegisterService: operators('RegisterService'),
  UpdateService: operators('UpdateService'),
  RemoveService: operators('RemoveService'),
  RotateSigningKey: operators('RotateSigningKey'),
  CreateChecker: needing(checkers.creationOfChecker),
  RotateChecker: {
    ...needing(checkers.rotationOfChecker),
    checker: ({ checkerId }, { checker }) => checkerId === null || checkerId === checker.id,
  },
  RevokeChecker: needing(checkers.revocationOfChecker),
  AcknowledgeFinding: needing(identity.acknowledgementOfFinding),
  CreateAccessKey: needing(({ principal }) => identity.onKeyOwner('CreateAccessKey', principal, null)),
  UpdateAccessKey: needing((key) => identity.onKeyOwner('UpdateAccessKey', key.principal, key.accessKeyId)),
  DeleteAccessKey: needing((key) => identity.onKeyOwner('DeleteAccessKey', key.principal, key.accessKeyId)),
  CreateVirtualMFADevice: needing(identity.creationOfMfaDevice),
  EnableMFADevice: needing((device) => onResource('EnableMFADevice', device.userArn, device.serialNumber)),
  DeactivateMFADevice: needing((device) => onResource('DeactivateMFADevice', device.userArn, device.serialNumber)),
  DeleteVirtualMFADevice: needing(({ serialNumber }) => onResource('DeleteVirtualMFADevice', serialNumber)),
  CreateOpenIDConnectProvider: needing(identity.creationOfOidcProvider),
  UpdateOpenIDConnectProvider: needing(identity.updateOfOidcProvider),
  AddClientIDToOpenIDConnectProvider: needing(({ arn }) => onResource('AddClientIDToOpenIDConnectProvider', arn)),
  RemoveClientIDFromOpenIDConnectProvider: needing(({ arn }) =>
    onResource('RemoveClientIDFromOpenIDConnectProvider', arn),
  ),
  DeleteOpenIDConnectProvider: needing(({ arn }) => onResource('DeleteOpenIDConnectProvider', arn)),
  // Each of its changes has its own operation.
  ApplyChanges: SIGNED_IN,
  RevokeRoleSessions: needing(bounded('PutRolePolicy', 'RevokeRoleSessions')),
  DeleteRole: needing(deletionOfRole),
  PutRolePolicy: needing(bounded('PutRolePolicy')),
  DeleteRolePolicy: needing(bounded('DeleteRolePolicy')),
  AttachRolePolicy: needing(bounded('AttachRolePolicy')),
  DetachRolePolicy: needing(bounded('DetachRolePolicy')),
  UpdateAssumeRolePolicy: needing(bounded('UpdateAssumeRolePolicy')),
  PutRolePermissionsBoundary: needing(bounded('PutRolePermissionsBoundary')),
  DeleteRolePermissionsBoundary: needing(bounded('DeleteRolePermissionsBoundary')),
  DeleteUser: needing(deletionOfUser),
  PutUserPolicy: needing(bounded('PutUserPolicy')),
  DeleteUserPolicy: needing(bounded('DeleteUserPolicy')),
  AttachUserPolicy: needing(bounded('AttachUserPolicy')),
  DetachUserPolicy: needing(bounded('DetachUserPolicy')),
  PutUserPermissionsBoundary: needing(bounded('PutUserPermissionsBoundary')),
  DeleteUserPermissionsBoundary: needing(bounded('DeleteUserPermissionsBoundary')),
  AddUserToGroup: needing(({ groupArn, userArn }) => onResource('AddUserToGroup', groupArn, userArn)),
  RemoveUserFromGroup: needing(({ groupArn, userArn }) => onResource('RemoveUserFromGroup', groupArn, userArn)),
  ...needingEach<IamValues>(IAM_ATTEMPTS),
  ...needingEach<OrganizationValues>(ORGANIZATION_ATTEMPTS),
  ...needingEach<ResourceValues>(RESOURCE_ATTEMPTS),
};
