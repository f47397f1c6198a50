import type * as iam from '@aws-sdk/client-iam';
import { noSuch } from '../../../directory/entities/holder.ts';
import type { HolderRef } from '../../../directory/iam/iam-store.ts';
import { checkLength } from '../../wire/read-input.ts';
import type { AwsContext, Operation, Operations } from '../operation.ts';
import { pathPrefixOf } from './filters.ts';
import { type Page, type Paged, paged } from './paging.ts';
import { permitted } from './permitted.ts';

/** Users, groups and roles hold policies alike; only the names differ. */
const HOLDERS = {
  User: { column: 'userId', noun: 'user' },
  Group: { column: 'groupId', noun: 'group' },
  Role: { column: 'roleId', noun: 'role' },
} as const;

type HolderKind = keyof typeof HOLDERS;

async function holder(context: AwsContext, kind: HolderKind, name: string, action: string): Promise<HolderRef> {
  const { id } = await permitted(context, kind, name, `iam:${action}`);
  return { column: HOLDERS[kind].column, id };
}

async function inlineNames(context: AwsContext, kind: HolderKind, name: string, input: Paged) {
  const operation = `List${kind}Policies`;
  const of = await holder(context, kind, name, operation);
  const { entries, truncation } = await paged(operation, input, ({ after, limit }) =>
    context.directory.iam.inlinePolicies(of, { after: after?.key ?? null, limit }),
  );
  return { PolicyNames: entries.map((policy) => policy.name), ...truncation };
}

/** Characters. */
const LONGEST_POLICY_NAME = 128;

async function inlinePolicy(context: AwsContext, kind: HolderKind, name: string, policyName: string) {
  checkLength(policyName, 'policyName', LONGEST_POLICY_NAME);
  const of = await holder(context, kind, name, `Get${kind}Policy`);
  const found = await context.directory.iam.inlinePolicy(of, policyName);
  if (found === null) throw noSuch(`${HOLDERS[kind].noun} policy`, policyName);
  return { PolicyName: found.name, PolicyDocument: found.document };
}

interface PagedByPath extends Paged {
  readonly PathPrefix?: string | undefined;
}

async function attached(context: AwsContext, kind: HolderKind, name: string, input: PagedByPath) {
  const path = pathPrefixOf(input.PathPrefix);
  const operation = `ListAttached${kind}Policies`;
  const of = await holder(context, kind, name, operation);
  const { entries, truncation }: Page<{ readonly name: string; readonly arn: string; readonly key: string }> =
    await paged(operation, input, ({ after, limit }) =>
      context.directory.iam.attachedPolicies({ ...of, path }, { after: after?.key ?? null, limit }),
    );
  const policies = entries.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn }));
  return { AttachedPolicies: policies, ...truncation };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
const getUserPolicy: Operation<iam.GetUserPolicyRequest, iam.GetUserPolicyResponse> = async (context, input) => ({
  UserName: input.UserName,
  ...(await inlinePolicy(context, 'User', input.UserName, input.PolicyName)),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html */
const getGroupPolicy: Operation<iam.GetGroupPolicyRequest, iam.GetGroupPolicyResponse> = async (context, input) => ({
  GroupName: input.GroupName,
  ...(await inlinePolicy(context, 'Group', input.GroupName, input.PolicyName)),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
const getRolePolicy: Operation<iam.GetRolePolicyRequest, iam.GetRolePolicyResponse> = async (context, input) => ({
  RoleName: input.RoleName,
  ...(await inlinePolicy(context, 'Role', input.RoleName, input.PolicyName)),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html */
const listUserPolicies: Operation<iam.ListUserPoliciesRequest, iam.ListUserPoliciesResponse> = (context, input) =>
  inlineNames(context, 'User', input.UserName, input);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html */
const listGroupPolicies: Operation<iam.ListGroupPoliciesRequest, iam.ListGroupPoliciesResponse> = (context, input) =>
  inlineNames(context, 'Group', input.GroupName, input);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
const listRolePolicies: Operation<iam.ListRolePoliciesRequest, iam.ListRolePoliciesResponse> = (context, input) =>
  inlineNames(context, 'Role', input.RoleName, input);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html */
const listAttachedUserPolicies: Operation<iam.ListAttachedUserPoliciesRequest, iam.ListAttachedUserPoliciesResponse> = (
  context,
  input,
) => attached(context, 'User', input.UserName, input);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html */
const listAttachedGroupPolicies: Operation<
  iam.ListAttachedGroupPoliciesRequest,
  iam.ListAttachedGroupPoliciesResponse
> = (context, input) => attached(context, 'Group', input.GroupName, input);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
const listAttachedRolePolicies: Operation<iam.ListAttachedRolePoliciesRequest, iam.ListAttachedRolePoliciesResponse> = (
  context,
  input,
) => attached(context, 'Role', input.RoleName, input);

export const HOLDER_POLICY_READS = {
  GetGroupPolicy: getGroupPolicy,
  GetRolePolicy: getRolePolicy,
  GetUserPolicy: getUserPolicy,
  ListAttachedGroupPolicies: listAttachedGroupPolicies,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListAttachedUserPolicies: listAttachedUserPolicies,
  ListGroupPolicies: listGroupPolicies,
  ListRolePolicies: listRolePolicies,
  ListUserPolicies: listUserPolicies,
} satisfies Operations;
