import type * as iam from '@aws-sdk/client-iam';
import type {
  EntityRecord,
  InstanceProfileRecord,
  PrincipalRecord,
  RoleRecord,
} from '../../../directory/iam/records.ts';

export function tagsOf(tags: Readonly<Record<string, string>>): iam.Tag[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((a, b) => (a.Key < b.Key ? -1 : 1));
}

export function boundaryOf(arn: string | null): iam.AttachedPermissionsBoundary | undefined {
  if (arn === null) return undefined;
  // as: the word that AWS sends, which the types of its SDK do not have
  return { PermissionsBoundaryType: 'Policy' as iam.PermissionsBoundaryAttachmentType, PermissionsBoundaryArn: arn };
}

/** Members that only the operations on one user or role have: lists leave them out, as AWS's do. */
function ownMembers({ permissionsBoundary, tags }: PrincipalRecord) {
  return {
    PermissionsBoundary: boundaryOf(permissionsBoundary),
    Tags: Object.keys(tags).length === 0 ? undefined : tagsOf(tags),
  };
}

export function listedUser({ path, name, id, arn, createdAt }: EntityRecord): iam.User {
  return { Path: path, UserName: name, UserId: id, Arn: arn, CreateDate: new Date(createdAt) };
}

export function wholeUser(user: PrincipalRecord): iam.User {
  return { ...listedUser(user), ...ownMembers(user) };
}

export function listedGroup({ path, name, id, arn, createdAt }: EntityRecord): iam.Group {
  return { Path: path, GroupName: name, GroupId: id, Arn: arn, CreateDate: new Date(createdAt) };
}

function roleOfProfile({ path, name, id, arn, createdAt, trustPolicy }: RoleRecord): iam.Role {
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: arn,
    CreateDate: new Date(createdAt),
    AssumeRolePolicyDocument: trustPolicy,
  };
}

export function listedRole(role: RoleRecord): iam.Role {
  const { description, maxSessionDuration } = role;
  return { ...roleOfProfile(role), Description: description ?? undefined, MaxSessionDuration: maxSessionDuration };
}

export function wholeRole(role: RoleRecord): iam.Role {
  return { ...listedRole(role), ...ownMembers(role) };
}

export function instanceProfile(profile: EntityRecord, roles: iam.Role[]): iam.InstanceProfile {
  const { path, name, id, arn, createdAt } = profile;
  return {
    Path: path,
    InstanceProfileName: name,
    InstanceProfileId: id,
    Arn: arn,
    CreateDate: new Date(createdAt),
    Roles: roles,
  };
}

export function listedInstanceProfile(profile: InstanceProfileRecord): iam.InstanceProfile {
  return instanceProfile(profile, profile.role === null ? [] : [roleOfProfile(profile.role)]);
}

/** With the tags, which lists leave out. */
export function wholeInstanceProfile(profile: InstanceProfileRecord): iam.InstanceProfile {
  const { tags } = profile;
  return { ...listedInstanceProfile(profile), Tags: Object.keys(tags).length === 0 ? undefined : tagsOf(tags) };
}
