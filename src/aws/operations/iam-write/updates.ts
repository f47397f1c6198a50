import type * as iam from '@aws-sdk/client-iam';
import { callersAccount } from '../named-entities.ts';
import type { AwsContext, Given, Operations } from '../operation.ts';
import { changing } from './changing.ts';
import { roleOutput } from './creations.ts';
import { givenArn, givenTags, groupArn, policyName, profileArn, roleArn, userArn } from './given.ts';

/** AWS deletes nothing that still has dependents. */
const ALONE = { withDependents: false } as const;

async function user(context: AwsContext, { UserName }: { readonly UserName: string }) {
  return { userArn: await userArn(context, UserName) };
}

async function group(context: AwsContext, { GroupName }: { readonly GroupName: string }) {
  return { groupArn: await groupArn(context, GroupName) };
}

async function role(context: AwsContext, { RoleName }: { readonly RoleName: string }) {
  return { roleArn: await roleArn(context, RoleName) };
}

function policy({ PolicyArn }: { readonly PolicyArn: string }) {
  return { policyArn: givenArn(PolicyArn, 'policyArn') };
}

async function profile(context: AwsContext, { InstanceProfileName }: { readonly InstanceProfileName: string }) {
  return { instanceProfileArn: await profileArn(context, InstanceProfileName) };
}

/** What users are, beside their policies. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
const OF_USERS = {
  UpdateUser: changing<'updateUser', iam.UpdateUserRequest>('updateUser', async (context, given) => ({
    ...(await user(context, given)),
    newUserName: given.NewUserName ?? null,
    newPath: given.NewPath ?? null,
  })),
  TagUser: changing<'tagUser', iam.TagUserRequest>('tagUser', async (context, given) => ({
    ...(await user(context, given)),
    tags: givenTags(given.Tags),
  })),
  UntagUser: changing<'untagUser', iam.UntagUserRequest>('untagUser', async (context, given) => ({
    ...(await user(context, given)),
    tagKeys: given.TagKeys,
  })),
} satisfies Operations;

const OF_GROUPS = {
  UpdateGroup: changing<'updateGroup', iam.UpdateGroupRequest>('updateGroup', async (context, given) => ({
    ...(await group(context, given)),
    newGroupName: given.NewGroupName ?? null,
    newPath: given.NewPath ?? null,
  })),
  DeleteGroup: changing<'deleteGroup', iam.DeleteGroupRequest>('deleteGroup', async (context, given) => ({
    ...(await group(context, given)),
    ...ALONE,
  })),
  PutGroupPolicy: changing<'putGroupPolicy', iam.PutGroupPolicyRequest>('putGroupPolicy', async (context, given) => ({
    ...(await group(context, given)),
    policyName: given.PolicyName,
    policyDocument: given.PolicyDocument,
  })),
  DeleteGroupPolicy: changing<'deleteGroupPolicy', iam.DeleteGroupPolicyRequest>(
    'deleteGroupPolicy',
    async (context, given) => ({ ...(await group(context, given)), policyName: policyName(given.PolicyName) }),
  ),
  AttachGroupPolicy: changing<'attachGroupPolicy', iam.AttachGroupPolicyRequest>(
    'attachGroupPolicy',
    async (context, given) => ({ ...(await group(context, given)), ...policy(given) }),
  ),
  DetachGroupPolicy: changing<'detachGroupPolicy', iam.DetachGroupPolicyRequest>(
    'detachGroupPolicy',
    async (context, given) => ({ ...(await group(context, given)), ...policy(given) }),
  ),
} satisfies Operations;

/** Seconds. "If you do not specify a value for this setting, the default value of one hour is applied." */
const DURATION = 3600;

const OF_ROLES = {
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
  UpdateRole: changing<'updateRole', iam.UpdateRoleRequest>('updateRole', async (context, given) => ({
    ...(await role(context, given)),
    description: given.Description ?? null,
    maxSessionDuration: given.MaxSessionDuration ?? DURATION,
  })),
  UpdateRoleDescription: changing<
    'updateRoleDescription',
    iam.UpdateRoleDescriptionRequest,
    iam.UpdateRoleDescriptionResponse
  >(
    'updateRoleDescription',
    async (context, given) => ({ ...(await role(context, given)), description: given.Description }),
    roleOutput,
  ),
  TagRole: changing<'tagRole', iam.TagRoleRequest>('tagRole', async (context, given) => ({
    ...(await role(context, given)),
    tags: givenTags(given.Tags),
  })),
  UntagRole: changing<'untagRole', iam.UntagRoleRequest>('untagRole', async (context, given) => ({
    ...(await role(context, given)),
    tagKeys: given.TagKeys,
  })),
} satisfies Operations;

const OF_POLICIES = {
  SetDefaultPolicyVersion: changing<'setDefaultPolicyVersion', iam.SetDefaultPolicyVersionRequest>(
    'setDefaultPolicyVersion',
    (_context, given) => ({ ...policy(given), versionId: given.VersionId }),
  ),
  DeletePolicyVersion: changing<'deletePolicyVersion', iam.DeletePolicyVersionRequest>(
    'deletePolicyVersion',
    (_context, given) => ({ ...policy(given), versionId: given.VersionId }),
  ),
  DeletePolicy: changing<'deletePolicy', iam.DeletePolicyRequest>('deletePolicy', (_context, given) => ({
    ...policy(given),
    ...ALONE,
  })),
  TagPolicy: changing<'tagPolicy', iam.TagPolicyRequest>('tagPolicy', (_context, given) => ({
    ...policy(given),
    tags: givenTags(given.Tags),
  })),
  UntagPolicy: changing<'untagPolicy', iam.UntagPolicyRequest>('untagPolicy', (_context, given) => ({
    ...policy(given),
    tagKeys: given.TagKeys,
  })),
} satisfies Operations;

const OF_PROFILES = {
  DeleteInstanceProfile: changing<'deleteInstanceProfile', iam.DeleteInstanceProfileRequest>(
    'deleteInstanceProfile',
    async (context, given) => ({ ...(await profile(context, given)), ...ALONE }),
  ),
  AddRoleToInstanceProfile: changing<'addRoleToInstanceProfile', iam.AddRoleToInstanceProfileRequest>(
    'addRoleToInstanceProfile',
    async (context, given) => ({ ...(await profile(context, given)), ...(await role(context, given)) }),
  ),
  RemoveRoleFromInstanceProfile: changing<'removeRoleFromInstanceProfile', iam.RemoveRoleFromInstanceProfileRequest>(
    'removeRoleFromInstanceProfile',
    async (context, given) => ({ ...(await profile(context, given)), ...(await role(context, given)) }),
  ),
  TagInstanceProfile: changing<'tagInstanceProfile', iam.TagInstanceProfileRequest>(
    'tagInstanceProfile',
    async (context, given) => ({ ...(await profile(context, given)), tags: givenTags(given.Tags) }),
  ),
  UntagInstanceProfile: changing<'untagInstanceProfile', iam.UntagInstanceProfileRequest>(
    'untagInstanceProfile',
    async (context, given) => ({ ...(await profile(context, given)), tagKeys: given.TagKeys }),
  ),
} satisfies Operations;

function alias(context: AwsContext, { AccountAlias }: Given<iam.CreateAccountAliasRequest>) {
  return { accountId: callersAccount(context).accountId, accountAlias: AccountAlias };
}

const OF_ACCOUNTS = {
  CreateAccountAlias: changing<'createAccountAlias', iam.CreateAccountAliasRequest>('createAccountAlias', alias),
  DeleteAccountAlias: changing<'deleteAccountAlias', iam.DeleteAccountAliasRequest>('deleteAccountAlias', alias),
} satisfies Operations;

/** IAM's operations that change what entities are, and delete them. */
export const UPDATES = {
  ...OF_USERS,
  ...OF_GROUPS,
  ...OF_ROLES,
  ...OF_POLICIES,
  ...OF_PROFILES,
  ...OF_ACCOUNTS,
} satisfies Operations;
