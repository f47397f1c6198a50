import type * as iam from '@aws-sdk/client-iam';
import type { GroupInput, ManagedPolicyInput, UserInput } from '../../../directory/document.ts';
import type { AccountDetails } from '../../../directory/iam/iam-store.ts';
import type { ManagedPolicyRecord } from '../../../directory/iam/records.ts';
import { parseArn } from '../../../policy/arn.ts';
import { usageOf } from './managed-policies.ts';
import { boundaryOf, instanceProfile, tagsOf } from './outputs.ts';

/** The name and path in the ARN of an entity of IAM. */
function namesIn(arn: string): { readonly name: string; readonly path: string } {
  const resource = parseArn(arn)?.resource ?? '';
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  return { name, path: resource.slice(resource.indexOf('/'), resource.length - name.length) };
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function inlineOf({ inlinePolicies = [] }: GroupInput): iam.PolicyDetail[] {
  return inlinePolicies.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: document }));
}

function attachedOf({ attachedPolicies = [] }: GroupInput): iam.AttachedPolicy[] {
  return attachedPolicies.map((arn) => ({ PolicyName: namesIn(arn).name, PolicyArn: arn }));
}

export function userDetail(user: UserInput): iam.UserDetail {
  const { name, path } = namesIn(user.arn);
  return {
    Path: path,
    UserName: name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: dateOf(user.createdAt),
    UserPolicyList: inlineOf(user),
    GroupList: (user.groups ?? []).map((arn) => namesIn(arn).name),
    AttachedManagedPolicies: attachedOf(user),
    PermissionsBoundary: boundaryOf(user.permissionsBoundary ?? null),
    Tags: tagsOf(user.tags ?? {}),
  };
}

export function groupDetail(group: GroupInput): iam.GroupDetail {
  const { name, path } = namesIn(group.arn);
  return {
    Path: path,
    GroupName: name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: dateOf(group.createdAt),
    GroupPolicyList: inlineOf(group),
    AttachedManagedPolicies: attachedOf(group),
  };
}

/** AWS's form has neither the description of a role nor its longest duration of sessions. */
export function roleDetail(role: AccountDetails['roles'][number]): iam.RoleDetail {
  const { name, path } = namesIn(role.arn);
  const own: iam.Role = {
    Path: path,
    RoleName: name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: dateOf(role.createdAt),
    AssumeRolePolicyDocument: role.trustPolicy,
  };
  return {
    ...own,
    InstanceProfileList: role.instanceProfiles.map((profile) => instanceProfile(profile, [own])),
    RolePolicyList: inlineOf(role),
    AttachedManagedPolicies: attachedOf(role),
    PermissionsBoundary: boundaryOf(role.permissionsBoundary ?? null),
    Tags: tagsOf(role.tags ?? {}),
  };
}

/** `usage` null: the policy has just gone. */
export function policyDetail(policy: ManagedPolicyInput, usage: ManagedPolicyRecord | null): iam.ManagedPolicyDetail {
  const { name, path } = namesIn(policy.arn);
  return {
    PolicyName: name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: path,
    DefaultVersionId: policy.defaultVersionId ?? undefined,
    ...usageOf(usage ?? { attachments: 0, boundaries: 0 }),
    CreateDate: dateOf(policy.createdAt),
    PolicyVersionList: policy.versions.map(({ versionId, document, createdAt }) => ({
      Document: document,
      VersionId: versionId,
      IsDefaultVersion: versionId === policy.defaultVersionId,
      CreateDate: dateOf(createdAt),
    })),
  };
}
