import { storable } from '../directory/storable.ts';
import type { ContextValue } from '../evaluation/request.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import { iamOperation } from '../session/audited.ts';
import { operationsOfUpdate, UPDATE_EVENT } from '../session/oidc-provider.ts';
import { issuerName } from '../session/web-identity.ts';
import type { GuardContext } from './context.ts';
import {
  type Arguments,
  allowedMutation,
  beingOperator,
  type Guard,
  guardedMutation,
  lackingOf,
  type MutationAttempt,
} from './kinds.ts';
import type { Permission } from './permission.ts';

type Input = Readonly<Record<string, unknown>>;

function inputOf(args: Arguments): Input {
  return args['input'] as Input; // as: what the schema's input types hold
}

/** What was given of an input, and not as null. */
function givenOf(input: Input): Input {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null));
}

/** The ARN in a field of the input that is not null. */
function arnOf(input: Input, field: string): string {
  return String(input[field]);
}

/** A mutation that is one operation of IAM on what `field` of its input names. */
function onNamed(operation: string, field: string, target = field): Guard {
  return allowedMutation((args) => {
    const input = inputOf(args);
    const permission = { action: `iam:${operation}`, resource: arnOf(input, field), account: null };
    return { permissions: [permission], target: arnOf(input, target) };
  });
}

/**
 * A mutation that changes the policies or the boundary of a user or role, with the condition keys that IAM has for these
 * operations: by them, somebody can be let change entities that are bounded and no others.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
function onBounded(operation: string, event = operation): Guard {
  return allowedMutation(async (args, context) => {
    const input = inputOf(args);
    const resource = holderOf(input);
    const keys = new Map<string, ContextValue>();
    const isGiven = input['permissionsBoundary'] !== undefined;
    const boundary = isGiven ? arnOf(input, 'permissionsBoundary') : await boundaryOf(context, resource);
    if (boundary !== null) keys.set('iam:permissionsboundary', boundary);
    if (input['policyArn'] !== undefined) keys.set('iam:policyarn', arnOf(input, 'policyArn'));
    return { permissions: [{ action: `iam:${operation}`, resource, account: null, context: keys }], event };
  });
}

function holderOf(input: Input): string {
  return arnOf(input, input['roleArn'] === undefined ? 'userArn' : 'roleArn');
}

async function boundaryOf({ directory }: GuardContext, arn: string): Promise<string | null> {
  const query = { where: { arn }, select: { boundary: { select: { arn: true } } } };
  const [user, role] = await Promise.all([
    arn.includes(':user/') ? directory.prisma.user.findUnique(query) : null,
    arn.includes(':role/') ? directory.prisma.role.findUnique(query) : null,
  ]);
  return (user ?? role)?.boundary?.arn ?? null;
}

function permissions(operations: readonly string[], resources: readonly string[]): Permission[] {
  return operations.flatMap((operation) =>
    resources.map((resource) => ({ action: `iam:${operation}`, resource, account: null })),
  );
}

/** What takes the deletion of a role, and of what hangs on it. */
async function deletionOfRole(args: Arguments, { directory }: GuardContext): Promise<MutationAttempt> {
  const input = inputOf(args);
  const arn = holderOf(input);
  if (input['withDependents'] !== true) return { permissions: permissions(['DeleteRole'], [arn]) };
  const profiles = await directory.prisma.instanceProfile.findMany({
    where: { role: { arn } },
    select: { arn: true },
  });
  return {
    permissions: [
      ...permissions(['DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy'], [arn]),
      ...permissions(
        ['RemoveRoleFromInstanceProfile'],
        profiles.map((profile) => profile.arn),
      ),
    ],
  };
}

/** What takes the deletion of a user, and of what hangs on it. */
async function deletionOfUser(args: Arguments, { directory }: GuardContext): Promise<MutationAttempt> {
  const input = inputOf(args);
  const arn = holderOf(input);
  if (input['withDependents'] !== true) return { permissions: permissions(['DeleteUser'], [arn]) };
  const groups = await directory.prisma.group.findMany({
    where: { memberships: { some: { user: { arn } } } },
    select: { arn: true },
  });
  const own = ['DeleteUser', 'DeleteAccessKey', 'DeactivateMFADevice', 'DeleteUserPolicy', 'DetachUserPolicy'];
  return {
    permissions: [
      ...permissions(own, [arn]),
      ...permissions(
        ['RemoveUserFromGroup'],
        groups.map((group) => group.arn),
      ),
    ],
  };
}

/** On the user whose key it is. Services are of no account, so that no policy of IAM could say who may make their keys. */
function onKeyOwner(operation: string): Guard {
  return guardedMutation(async (args, context) => {
    const { principal, accessKeyId } = inputOf(args);
    const owner = principal as PrincipalRef; // as: the scalar's value
    const id = principalIdOf(owner);
    if (owner.kind === 'service') return beingOperator(iamOperation(operation, id), 'the keys of services are');
    const target = typeof accessKeyId === 'string' ? accessKeyId : id;
    // Others have no keys, which the mutation itself says.
    return lackingOf(context, { permissions: owner.kind === 'user' ? permissions([operation], [id]) : [], target });
  });
}

function creationOfMfaDevice(args: Arguments): MutationAttempt {
  const { accountId, name } = inputOf(args);
  return {
    permissions: permissions(
      ['CreateVirtualMFADevice'],
      [`arn:aws:iam::${String(accountId)}:mfa/${storable(String(name))}`],
    ),
  };
}

function creationOfOidcProvider(args: Arguments): MutationAttempt {
  const { accountId, url } = inputOf(args);
  const provider = `arn:aws:iam::${String(accountId)}:oidc-provider/${issuerName(storable(String(url)))}`;
  return { permissions: permissions(['CreateOpenIDConnectProvider'], [provider]) };
}

function updateOfOidcProvider(args: Arguments): MutationAttempt {
  const { arn, ...change } = inputOf(args);
  return { permissions: permissions(operationsOfUpdate(givenOf(change)), [String(arn)]), event: UPDATE_EVENT };
}

/** What each mutation that changes something of IAM needs of its caller. */
export const CHANGE_GUARDS: Readonly<Record<string, Guard>> = {
  'Mutation.createAccessKey': onKeyOwner('CreateAccessKey'),
  'Mutation.updateAccessKey': onKeyOwner('UpdateAccessKey'),
  'Mutation.deleteAccessKey': onKeyOwner('DeleteAccessKey'),
  'Mutation.createVirtualMfaDevice': allowedMutation(creationOfMfaDevice),
  'Mutation.enableMfaDevice': onNamed('EnableMFADevice', 'userArn', 'serialNumber'),
  'Mutation.deactivateMfaDevice': onNamed('DeactivateMFADevice', 'userArn', 'serialNumber'),
  'Mutation.deleteVirtualMfaDevice': onNamed('DeleteVirtualMFADevice', 'serialNumber'),
  'Mutation.createOidcProvider': allowedMutation(creationOfOidcProvider),
  'Mutation.updateOidcProvider': allowedMutation(updateOfOidcProvider),
  'Mutation.deleteOidcProvider': onNamed('DeleteOpenIDConnectProvider', 'arn'),
  'Mutation.revokeRoleSessions': onBounded('PutRolePolicy', 'RevokeRoleSessions'),
  'Mutation.deleteRole': allowedMutation(deletionOfRole),
  'Mutation.putRolePolicy': onBounded('PutRolePolicy'),
  'Mutation.deleteRolePolicy': onBounded('DeleteRolePolicy'),
  'Mutation.attachRolePolicy': onBounded('AttachRolePolicy'),
  'Mutation.detachRolePolicy': onBounded('DetachRolePolicy'),
  'Mutation.updateAssumeRolePolicy': onNamed('UpdateAssumeRolePolicy', 'roleArn'),
  'Mutation.putRolePermissionsBoundary': onBounded('PutRolePermissionsBoundary'),
  'Mutation.deleteRolePermissionsBoundary': onBounded('DeleteRolePermissionsBoundary'),
  'Mutation.deleteUser': allowedMutation(deletionOfUser),
  'Mutation.putUserPolicy': onBounded('PutUserPolicy'),
  'Mutation.deleteUserPolicy': onBounded('DeleteUserPolicy'),
  'Mutation.attachUserPolicy': onBounded('AttachUserPolicy'),
  'Mutation.detachUserPolicy': onBounded('DetachUserPolicy'),
  'Mutation.putUserPermissionsBoundary': onBounded('PutUserPermissionsBoundary'),
  'Mutation.deleteUserPermissionsBoundary': onBounded('DeleteUserPermissionsBoundary'),
  'Mutation.addUserToGroup': onNamed('AddUserToGroup', 'groupArn', 'userArn'),
  'Mutation.removeUserFromGroup': onNamed('RemoveUserFromGroup', 'groupArn', 'userArn'),
};
