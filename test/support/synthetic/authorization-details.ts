import type { PublicAccessBlock } from '../../../src/directory/document.ts';
import type { JsonObject, JsonValue } from '../../../src/policy/json.ts';
import { nameOf, ofAccount, pathOf, tagList } from './files.ts';
import type { Synthetic } from './organization.ts';

/** `{key: undefined}` is left out, as the command line leaves out what there is none of. */
export function defined(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject; // as: those are gone
}

const inline = (list: readonly { readonly name: string; readonly document: string }[] = []): JsonValue =>
  list.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: JSON.parse(document) }));
const attached = (arns: readonly string[] = []): JsonValue =>
  arns.map((arn) => ({ PolicyName: nameOf(arn), PolicyArn: arn }));
const boundary = (arn: string | null | undefined): JsonValue | undefined =>
  arn == null ? undefined : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn };

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export function authorizationDetails(world: Synthetic, id: string): JsonObject {
  const profiles = ofAccount(world.instanceProfiles, id);
  return {
    UserDetailList: ofAccount(world.users, id).map((user) =>
      defined({
        Path: pathOf(user.arn),
        UserName: nameOf(user.arn),
        UserId: user.id,
        Arn: user.arn,
        CreateDate: user.createdAt,
        UserPolicyList: inline(user.inlinePolicies),
        GroupList: (user.groups ?? []).map(nameOf),
        AttachedManagedPolicies: attached(user.attachedPolicies),
        PermissionsBoundary: boundary(user.permissionsBoundary),
        Tags: tagList(user.tags),
      }),
    ),
    GroupDetailList: ofAccount(world.groups, id).map((group) =>
      defined({
        Path: pathOf(group.arn),
        GroupName: nameOf(group.arn),
        GroupId: group.id,
        Arn: group.arn,
        CreateDate: group.createdAt,
        GroupPolicyList: inline(group.inlinePolicies),
        AttachedManagedPolicies: attached(group.attachedPolicies),
      }),
    ),
    RoleDetailList: ofAccount(world.roles, id).map((role) =>
      defined({
        Path: pathOf(role.arn),
        RoleName: nameOf(role.arn),
        RoleId: role.id,
        Arn: role.arn,
        CreateDate: role.createdAt,
        Description: role.description,
        AssumeRolePolicyDocument: JSON.parse(role.trustPolicy),
        InstanceProfileList: profiles
          .filter((profile) => profile.role === role.arn)
          .map((profile) => instanceProfile(profile)),
        RolePolicyList: inline(role.inlinePolicies),
        AttachedManagedPolicies: attached(role.attachedPolicies),
        PermissionsBoundary: boundary(role.permissionsBoundary),
        Tags: tagList(role.tags),
      }),
    ),
    Policies: ofAccount(world.policies, id).map((managed) =>
      defined({
        PolicyName: nameOf(managed.arn),
        PolicyId: managed.id,
        Arn: managed.arn,
        Path: pathOf(managed.arn),
        DefaultVersionId: managed.defaultVersionId,
        IsAttachable: true,
        CreateDate: managed.createdAt,
        PolicyVersionList: managed.versions.map((version) =>
          defined({
            Document: JSON.parse(version.document),
            VersionId: version.versionId,
            IsDefaultVersion: version.versionId === managed.defaultVersionId,
            CreateDate: version.createdAt,
          }),
        ),
      }),
    ),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html */
export function instanceProfile(profile: Synthetic['instanceProfiles'][number]): JsonObject {
  return defined({
    Path: pathOf(profile.arn),
    InstanceProfileName: nameOf(profile.arn),
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: profile.createdAt,
    Roles:
      profile.role == null ? [] : [{ Path: pathOf(profile.role), RoleName: nameOf(profile.role), Arn: profile.role }],
  });
}

export function publicAccessBlock(block: PublicAccessBlock): JsonObject {
  return {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: block.blockPublicAcls,
      IgnorePublicAcls: block.ignorePublicAcls,
      BlockPublicPolicy: block.blockPublicPolicy,
      RestrictPublicBuckets: block.restrictPublicBuckets,
    },
  };
}
