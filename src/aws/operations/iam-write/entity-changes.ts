import type * as iam from '@aws-sdk/client-iam';
import type { AwsContext, Given, Operations } from '../operation.ts';
import { changing } from './changing.ts';
import { givenArn, groupArn, policyName, roleArn, userArn } from './given.ts';

interface OfRole {
  readonly RoleName: string | undefined;
}

interface OfUser {
  readonly UserName: string | undefined;
}

async function role(context: AwsContext, { RoleName }: Given<OfRole>) {
  return { roleArn: await roleArn(context, RoleName) };
}

async function user(context: AwsContext, { UserName }: Given<OfUser>) {
  return { userArn: await userArn(context, UserName) };
}

/** A policy that is written: its name and document are checked where it is stored. */
function written({
  PolicyName,
  PolicyDocument,
}: Given<Pick<iam.PutRolePolicyRequest, 'PolicyName' | 'PolicyDocument'>>) {
  return { policyName: PolicyName, policyDocument: PolicyDocument };
}

const policyArn = (text: string) => ({ policyArn: givenArn(text, 'policyArn') });
const boundary = (text: string) => ({ permissionsBoundary: givenArn(text, 'permissionsBoundary') });
const named = (name: string) => ({ policyName: policyName(name) });
/** AWS deletes nothing that still has dependents. */
const ALONE = { withDependents: false } as const;

/** Changes of roles. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
const OF_ROLES = {
  DeleteRole: changing<'deleteRole', iam.DeleteRoleRequest>('deleteRole', async (context, given) => ({
    ...(await role(context, given)),
    ...ALONE,
  })),
  PutRolePolicy: changing<'putRolePolicy', iam.PutRolePolicyRequest>('putRolePolicy', async (context, given) => ({
    ...(await role(context, given)),
    ...written(given),
  })),
  DeleteRolePolicy: changing<'deleteRolePolicy', iam.DeleteRolePolicyRequest>(
    'deleteRolePolicy',
    async (context, given) => ({ ...(await role(context, given)), ...named(given.PolicyName) }),
  ),
  AttachRolePolicy: changing<'attachRolePolicy', iam.AttachRolePolicyRequest>(
    'attachRolePolicy',
    async (context, given) => ({ ...(await role(context, given)), ...policyArn(given.PolicyArn) }),
  ),
  DetachRolePolicy: changing<'detachRolePolicy', iam.DetachRolePolicyRequest>(
    'detachRolePolicy',
    async (context, given) => ({ ...(await role(context, given)), ...policyArn(given.PolicyArn) }),
  ),
  UpdateAssumeRolePolicy: changing<'updateAssumeRolePolicy', iam.UpdateAssumeRolePolicyRequest>(
    'updateAssumeRolePolicy',
    async (context, given) => ({ ...(await role(context, given)), policyDocument: given.PolicyDocument }),
  ),
  PutRolePermissionsBoundary: changing<'putRolePermissionsBoundary', iam.PutRolePermissionsBoundaryRequest>(
    'putRolePermissionsBoundary',
    async (context, given) => ({ ...(await role(context, given)), ...boundary(given.PermissionsBoundary) }),
  ),
  DeleteRolePermissionsBoundary: changing<'deleteRolePermissionsBoundary', iam.DeleteRolePermissionsBoundaryRequest>(
    'deleteRolePermissionsBoundary',
    role,
  ),
} satisfies Operations;

/** Changes of users. */
const OF_USERS = {
  DeleteUser: changing<'deleteUser', iam.DeleteUserRequest>('deleteUser', async (context, given) => ({
    ...(await user(context, given)),
    ...ALONE,
  })),
  PutUserPolicy: changing<'putUserPolicy', iam.PutUserPolicyRequest>('putUserPolicy', async (context, given) => ({
    ...(await user(context, given)),
    ...written(given),
  })),
  DeleteUserPolicy: changing<'deleteUserPolicy', iam.DeleteUserPolicyRequest>(
    'deleteUserPolicy',
    async (context, given) => ({ ...(await user(context, given)), ...named(given.PolicyName) }),
  ),
  AttachUserPolicy: changing<'attachUserPolicy', iam.AttachUserPolicyRequest>(
    'attachUserPolicy',
    async (context, given) => ({ ...(await user(context, given)), ...policyArn(given.PolicyArn) }),
  ),
  DetachUserPolicy: changing<'detachUserPolicy', iam.DetachUserPolicyRequest>(
    'detachUserPolicy',
    async (context, given) => ({ ...(await user(context, given)), ...policyArn(given.PolicyArn) }),
  ),
  PutUserPermissionsBoundary: changing<'putUserPermissionsBoundary', iam.PutUserPermissionsBoundaryRequest>(
    'putUserPermissionsBoundary',
    async (context, given) => ({ ...(await user(context, given)), ...boundary(given.PermissionsBoundary) }),
  ),
  DeleteUserPermissionsBoundary: changing<'deleteUserPermissionsBoundary', iam.DeleteUserPermissionsBoundaryRequest>(
    'deleteUserPermissionsBoundary',
    user,
  ),
  AddUserToGroup: changing<'addUserToGroup', iam.AddUserToGroupRequest>('addUserToGroup', async (context, given) => ({
    ...(await user(context, given)),
    groupArn: await groupArn(context, given.GroupName),
  })),
  RemoveUserFromGroup: changing<'removeUserFromGroup', iam.RemoveUserFromGroupRequest>(
    'removeUserFromGroup',
    async (context, given) => ({
      ...(await user(context, given)),
      groupArn: await groupArn(context, given.GroupName),
    }),
  ),
} satisfies Operations;

/** IAM's operations that change the policies, boundaries and memberships of users and roles, or delete them. */
export const ENTITY_CHANGES = { ...OF_ROLES, ...OF_USERS } satisfies Operations;
