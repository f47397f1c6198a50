import type * as iam from '@aws-sdk/client-iam';
import type { FindFilter, PolicyUsage } from '../../../directory/find/find-store.ts';
import type { ManagedPolicyRecord } from '../../../directory/iam/records.ts';
import type { Operation, Operations } from '../operation.ts';
import { idsOf, pageInAccount } from './entity-lists.ts';
import { oneOf, pathPrefixOf } from './filters.ts';
import { tagsOf } from './outputs.ts';
import { permittedInAccount } from './permitted.ts';
import { catalogPolicy, noSuchPolicy, permittedPolicy } from './permitted-policy.ts';
import { tagPage } from './tags.ts';

/** A policy as lists have it. The directory keeps no date of the last change of policies. */
export function listedPolicy(policy: ManagedPolicyRecord): iam.Policy {
  const { name, id, arn, path, defaultVersionId, createdAt } = policy;
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: arn,
    Path: path,
    DefaultVersionId: defaultVersionId ?? undefined,
    ...usageOf(policy),
    CreateDate: new Date(createdAt),
  };
}

/** Description and tags are left out where there are none, and by lists. */
export function wholePolicy(policy: ManagedPolicyRecord): iam.Policy {
  const { description, tags } = policy;
  return {
    ...listedPolicy(policy),
    Description: description ?? undefined,
    Tags: Object.keys(tags).length === 0 ? undefined : tagsOf(tags),
  };
}

export function usageOf({ attachments, boundaries }: Pick<ManagedPolicyRecord, 'attachments' | 'boundaries'>) {
  return { AttachmentCount: attachments, PermissionsBoundaryUsageCount: boundaries, IsAttachable: true };
}

/**
 * A policy of AWS that nobody in the account uses need not be stored: the catalogue has its document, but neither id nor date.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
 */
const getPolicy: Operation<iam.GetPolicyRequest, iam.GetPolicyResponse> = async (context, { PolicyArn }) => {
  const accountId = await permittedPolicy(context, PolicyArn, 'iam:GetPolicy');
  const stored = await context.directory.iam.policy(PolicyArn, accountId);
  if (stored !== null) return { Policy: wholePolicy(stored) };
  const known = catalogPolicy(context, PolicyArn);
  if (known === null) throw noSuchPolicy(PolicyArn);
  const { name, arn, path, versionId } = known;
  const usage = usageOf({ attachments: 0, boundaries: 0 });
  return { Policy: { PolicyName: name, Arn: arn, Path: path, DefaultVersionId: versionId, ...usage } };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html */
const listPolicyTags: Operation<iam.ListPolicyTagsRequest, iam.ListPolicyTagsResponse> = async (context, input) => {
  const accountId = await permittedPolicy(context, input.PolicyArn, 'iam:ListPolicyTags');
  const stored = await context.directory.iam.policy(input.PolicyArn, accountId);
  if (stored === null && catalogPolicy(context, input.PolicyArn) === null) throw noSuchPolicy(input.PolicyArn);
  return tagPage('ListPolicyTags', input, tagsOf(stored?.tags ?? {}));
};

const SCOPES = ['All', 'AWS', 'Local'] as const;
const POLICY_SCOPES = { All: {}, AWS: { policyScope: 'AWS' }, Local: { policyScope: 'CUSTOMER' } } as const;
const USAGES = ['PermissionsPolicy', 'PermissionsBoundary'] as const;
export const POLICY_USAGES = {
  PermissionsPolicy: 'PERMISSIONS_POLICY',
  PermissionsBoundary: 'PERMISSIONS_BOUNDARY',
} as const satisfies Readonly<Record<(typeof USAGES)[number], PolicyUsage>>;

/** A `PolicyUsageFilter`; null: none. */
export function policyUsageOf(given: string | undefined): PolicyUsage | null {
  return given === undefined ? null : POLICY_USAGES[oneOf(given, USAGES, 'policyUsageFilter')];
}

/**
 * The policies of the account, and those of AWS that it uses.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
 */
const listPolicies: Operation<iam.ListPoliciesRequest, iam.ListPoliciesResponse> = async (context, input) => {
  const scope = POLICY_SCOPES[oneOf(input.Scope ?? 'All', SCOPES, 'scope')];
  const usage = policyUsageOf(input.PolicyUsageFilter);
  const path = pathPrefixOf(input.PathPrefix);
  const accountId = await permittedInAccount(context, 'iam:ListPolicies');
  const usages = new Set<PolicyUsage>(input.OnlyAttached === true ? ['PERMISSIONS_POLICY'] : []);
  if (usage !== null) usages.add(usage);
  const filter: FindFilter = { path, ...scope, usedIn: { accountId, usages: [...usages] } };
  const page = await pageInAccount(context, 'ListPolicies', ['ManagedPolicy'], accountId, filter, input);
  const policies = await context.directory.iam.policies(idsOf(page), accountId);
  return { Policies: policies.map(listedPolicy), ...page.truncation };
};

export const MANAGED_POLICY_READS = {
  GetPolicy: getPolicy,
  ListPolicies: listPolicies,
  ListPolicyTags: listPolicyTags,
} satisfies Operations;
