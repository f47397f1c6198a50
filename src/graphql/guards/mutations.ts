import {
  accountId,
  arn,
  checkerScope,
  flag,
  givenAccountIds,
  givenText,
  givenTexts,
  principalId,
  text,
} from './argument-reader.ts';
import { type FieldGuard, performs } from './field-guard.ts';
import { IAM_MUTATION_GUARDS } from './iam-mutations.ts';
import { ORGANIZATION_MUTATION_GUARDS } from './organization-mutations.ts';
import { RESOURCE_MUTATION_GUARDS } from './resource-mutations.ts';

const NOTHING = {};
const ROLE = { roleArn: arn };
const USER = { userArn: arn };

/** The operation of each mutation, and the values of its input that the operation's guard reads. */
export const MUTATION_GUARDS: Readonly<Record<string, FieldGuard>> = {
  'Mutation.signIn': performs('SignIn', NOTHING),
  'Mutation.signOut': performs('SignOut', NOTHING),
  'Mutation.assumeRole': performs('AssumeRole', NOTHING),
  'Mutation.assumeInstanceProfile': performs('AssumeInstanceProfile', NOTHING),
  'Mutation.assumeRoleWithWebIdentity': performs('AssumeRoleWithWebIdentity', NOTHING),
  'Mutation.getSessionToken': performs('GetSessionToken', NOTHING),
  'Mutation.getFederationToken': performs('GetFederationToken', NOTHING),
  'Mutation.exitRole': performs('ExitRole', NOTHING),
  'Mutation.importAccountAuthorizationDetails': performs('ImportAccountAuthorizationDetails', NOTHING),
  'Mutation.importDirectory': performs('ImportDirectory', NOTHING),
  'Mutation.registerService': performs('RegisterService', NOTHING),
  'Mutation.updateService': performs('UpdateService', NOTHING),
  'Mutation.removeService': performs('RemoveService', NOTHING),
  'Mutation.rotateSigningKey': performs('RotateSigningKey', NOTHING),
  'Mutation.createChecker': performs('CreateChecker', { scope: checkerScope, accountIds: givenAccountIds }),
  'Mutation.rotateChecker': performs('RotateChecker', { checkerId: givenText }),
  'Mutation.revokeChecker': performs('RevokeChecker', { checkerId: text }),
  'Mutation.acknowledgeFinding': performs('AcknowledgeFinding', { accountId }),
  'Mutation.createAccessKey': performs('CreateAccessKey', { principal: principalId }),
  'Mutation.updateAccessKey': performs('UpdateAccessKey', { principal: principalId, accessKeyId: text }),
  'Mutation.deleteAccessKey': performs('DeleteAccessKey', { principal: principalId, accessKeyId: text }),
  'Mutation.createVirtualMfaDevice': performs('CreateVirtualMFADevice', { accountId, name: text }),
  'Mutation.enableMfaDevice': performs('EnableMFADevice', { ...USER, serialNumber: arn }),
  'Mutation.deactivateMfaDevice': performs('DeactivateMFADevice', { ...USER, serialNumber: arn }),
  'Mutation.deleteVirtualMfaDevice': performs('DeleteVirtualMFADevice', { serialNumber: arn }),
  'Mutation.createOidcProvider': performs('CreateOpenIDConnectProvider', { accountId, url: text }),
  'Mutation.updateOidcProvider': performs('UpdateOpenIDConnectProvider', {
    arn,
    clientIds: givenTexts,
    jwks: givenText,
  }),
  'Mutation.deleteOidcProvider': performs('DeleteOpenIDConnectProvider', { arn }),
  // Each of its changes has the guard of its own mutation: see changes/planned-changes.ts.
  'Mutation.applyChanges': performs('ApplyChanges', NOTHING),
  'Mutation.revokeRoleSessions': performs('RevokeRoleSessions', ROLE),
  'Mutation.deleteRole': performs('DeleteRole', { ...ROLE, withDependents: flag }),
  'Mutation.putRolePolicy': performs('PutRolePolicy', ROLE),
  'Mutation.deleteRolePolicy': performs('DeleteRolePolicy', ROLE),
  'Mutation.attachRolePolicy': performs('AttachRolePolicy', { ...ROLE, policyArn: arn }),
  'Mutation.detachRolePolicy': performs('DetachRolePolicy', { ...ROLE, policyArn: arn }),
  'Mutation.updateAssumeRolePolicy': performs('UpdateAssumeRolePolicy', ROLE),
  'Mutation.putRolePermissionsBoundary': performs('PutRolePermissionsBoundary', { ...ROLE, permissionsBoundary: arn }),
  'Mutation.deleteRolePermissionsBoundary': performs('DeleteRolePermissionsBoundary', ROLE),
  'Mutation.deleteUser': performs('DeleteUser', { ...USER, withDependents: flag }),
  'Mutation.putUserPolicy': performs('PutUserPolicy', USER),
  'Mutation.deleteUserPolicy': performs('DeleteUserPolicy', USER),
  'Mutation.attachUserPolicy': performs('AttachUserPolicy', { ...USER, policyArn: arn }),
  'Mutation.detachUserPolicy': performs('DetachUserPolicy', { ...USER, policyArn: arn }),
  'Mutation.putUserPermissionsBoundary': performs('PutUserPermissionsBoundary', { ...USER, permissionsBoundary: arn }),
  'Mutation.deleteUserPermissionsBoundary': performs('DeleteUserPermissionsBoundary', USER),
  'Mutation.addUserToGroup': performs('AddUserToGroup', { ...USER, groupArn: arn }),
  'Mutation.removeUserFromGroup': performs('RemoveUserFromGroup', { ...USER, groupArn: arn }),
  ...IAM_MUTATION_GUARDS,
  ...ORGANIZATION_MUTATION_GUARDS,
  ...RESOURCE_MUTATION_GUARDS,
};
