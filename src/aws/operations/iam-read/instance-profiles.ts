import type * as iam from '@aws-sdk/client-iam';
import { noSuchNamed } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { pathPrefixOf } from './filters.ts';
import { listedInstanceProfile, tagsOf, wholeInstanceProfile } from './outputs.ts';
import { paged } from './paging.ts';
import { permitted, permittedInAccount } from './permitted.ts';
import { tagPage } from './tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html */
const getInstanceProfile: Operation<iam.GetInstanceProfileRequest, iam.GetInstanceProfileResponse> = async (
  context,
  { InstanceProfileName: name },
) => {
  const { id } = await permitted(context, 'InstanceProfile', name, 'iam:GetInstanceProfile');
  const profile = await context.directory.iam.instanceProfile(id);
  if (profile === null) throw noSuchNamed('InstanceProfile', name);
  return { InstanceProfile: wholeInstanceProfile(profile) };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
const listInstanceProfiles: Operation<iam.ListInstanceProfilesRequest, iam.ListInstanceProfilesResponse> = async (
  context,
  input,
) => {
  const path = pathPrefixOf(input.PathPrefix);
  const accountId = await permittedInAccount(context, 'iam:ListInstanceProfiles');
  const { entries, truncation } = await paged('ListInstanceProfiles', input, ({ after, limit }) =>
    context.directory.iam.instanceProfiles({ accountId, path }, { after: after?.key ?? null, limit }),
  );
  return { InstanceProfiles: entries.map(listedInstanceProfile), ...truncation };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
const listInstanceProfilesForRole: Operation<
  iam.ListInstanceProfilesForRoleRequest,
  iam.ListInstanceProfilesForRoleResponse
> = async (context, input) => {
  const { id } = await permitted(context, 'Role', input.RoleName, 'iam:ListInstanceProfilesForRole');
  const { entries, truncation } = await paged('ListInstanceProfilesForRole', input, ({ after, limit }) =>
    context.directory.iam.instanceProfilesOfRole(id, { after: after?.key ?? null, limit }),
  );
  return { InstanceProfiles: entries.map(listedInstanceProfile), ...truncation };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html */
const listInstanceProfileTags: Operation<
  iam.ListInstanceProfileTagsRequest,
  iam.ListInstanceProfileTagsResponse
> = async (context, input) => {
  const { id } = await permitted(context, 'InstanceProfile', input.InstanceProfileName, 'iam:ListInstanceProfileTags');
  const profile = await context.directory.iam.instanceProfile(id);
  return tagPage('ListInstanceProfileTags', input, tagsOf(profile?.tags ?? {}));
};

export const INSTANCE_PROFILE_READS = {
  GetInstanceProfile: getInstanceProfile,
  ListInstanceProfiles: listInstanceProfiles,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  ListInstanceProfileTags: listInstanceProfileTags,
} satisfies Operations;
