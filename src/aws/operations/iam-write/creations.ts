import type * as iam from '@aws-sdk/client-iam';
import type { NamedKind } from '../../../directory/iam/named.ts';
import { parseArn } from '../../../policy/arn.ts';
import { wholePolicy } from '../iam-read/managed-policies.ts';
import { listedGroup, wholeInstanceProfile, wholeRole, wholeUser } from '../iam-read/outputs.ts';
import { listedVersion } from '../iam-read/policy-versions.ts';
import { nameIn, noSuchNamed } from '../named-entities.ts';
import type { AwsContext, Operations } from '../operation.ts';
import { changing } from './changing.ts';
import { firstTags, givenArn, newName } from './given.ts';

// Whoever may make an entity is shown what was made, whether it may read such entities or not, as with AWS.

function accountIn(arn: string): string {
  return parseArn(arn)?.accountId ?? '';
}

/** What was made, read by its id; `read` answers nothing where it is gone again. */
async function made<T>(
  context: AwsContext,
  kind: NamedKind,
  arn: string,
  read: (id: string) => Promise<T | null | undefined>,
): Promise<T> {
  const found = await context.directory.iam.named(kind, accountIn(arn), nameIn(arn));
  const entity = found === null ? null : await read(found.id);
  if (entity == null) throw noSuchNamed(kind, nameIn(arn));
  return entity;
}

function boundary(text: string | undefined) {
  return text === undefined ? null : givenArn(text, 'permissionsBoundary');
}

async function userOutput(context: AwsContext, arn: string): Promise<iam.CreateUserResponse> {
  const user = await made(context, 'User', arn, async (id) => (await context.directory.iam.users([id]))[0]);
  return { User: wholeUser(user) };
}

async function groupOutput(context: AwsContext, arn: string): Promise<iam.CreateGroupResponse> {
  const group = await made(context, 'Group', arn, async (id) => (await context.directory.iam.groups([id]))[0]);
  return { Group: listedGroup(group) };
}

/** Also of an operation that changes a role and shows it. */
export async function roleOutput(context: AwsContext, arn: string): Promise<{ readonly Role: iam.Role }> {
  const role = await made(context, 'Role', arn, async (id) => (await context.directory.iam.roles([id]))[0]);
  return { Role: wholeRole(role) };
}

async function profileOutput(context: AwsContext, arn: string): Promise<iam.CreateInstanceProfileResponse> {
  const profile = await made(context, 'InstanceProfile', arn, (id) => context.directory.iam.instanceProfile(id));
  return { InstanceProfile: wholeInstanceProfile(profile) };
}

async function policyOutput({ directory }: AwsContext, arn: string): Promise<iam.CreatePolicyResponse> {
  const policy = await directory.iam.policy(arn, accountIn(arn));
  return policy === null ? {} : { Policy: wholePolicy(policy) };
}

/** The version that was made is the newest one. */
async function versionOutput({ directory }: AwsContext, arn: string): Promise<iam.CreatePolicyVersionResponse> {
  const policy = await directory.iam.policy(arn, accountIn(arn));
  const [version] = policy === null ? [] : await directory.iam.policyVersions(policy.id, { after: null, limit: 1 });
  return version === undefined ? {} : { PolicyVersion: listedVersion(version) };
}

/** IAM's operations that make entities. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
export const CREATIONS = {
  CreateUser: changing<'createUser', iam.CreateUserRequest, iam.CreateUserResponse>(
    'createUser',
    (context, given) => ({
      ...newName(context, given.Path),
      userName: given.UserName,
      permissionsBoundary: boundary(given.PermissionsBoundary),
      tags: firstTags(given.Tags),
    }),
    userOutput,
  ),
  CreateGroup: changing<'createGroup', iam.CreateGroupRequest, iam.CreateGroupResponse>(
    'createGroup',
    (context, given) => ({ ...newName(context, given.Path), groupName: given.GroupName }),
    groupOutput,
  ),
  CreateRole: changing<'createRole', iam.CreateRoleRequest, iam.CreateRoleResponse>(
    'createRole',
    (context, given) => ({
      ...newName(context, given.Path),
      roleName: given.RoleName,
      assumeRolePolicyDocument: given.AssumeRolePolicyDocument,
      description: given.Description ?? null,
      maxSessionDuration: given.MaxSessionDuration ?? null,
      permissionsBoundary: boundary(given.PermissionsBoundary),
      tags: firstTags(given.Tags),
    }),
    roleOutput,
  ),
  CreatePolicy: changing<'createPolicy', iam.CreatePolicyRequest, iam.CreatePolicyResponse>(
    'createPolicy',
    (context, given) => ({
      ...newName(context, given.Path),
      policyName: given.PolicyName,
      policyDocument: given.PolicyDocument,
      description: given.Description ?? null,
      tags: firstTags(given.Tags),
    }),
    policyOutput,
  ),
  CreatePolicyVersion: changing<'createPolicyVersion', iam.CreatePolicyVersionRequest, iam.CreatePolicyVersionResponse>(
    'createPolicyVersion',
    (_context, given) => ({
      policyArn: givenArn(given.PolicyArn, 'policyArn'),
      policyDocument: given.PolicyDocument,
      setAsDefault: given.SetAsDefault === true,
    }),
    versionOutput,
  ),
  CreateInstanceProfile: changing<
    'createInstanceProfile',
    iam.CreateInstanceProfileRequest,
    iam.CreateInstanceProfileResponse
  >(
    'createInstanceProfile',
    (context, given) => ({
      ...newName(context, given.Path),
      instanceProfileName: given.InstanceProfileName,
      tags: firstTags(given.Tags),
    }),
    profileOutput,
  ),
} satisfies Operations;
