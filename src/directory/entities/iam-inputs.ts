import type { NewName } from '../apply/entity-arn.ts';
import type { ChangeOf } from './change-of.ts';
import type { Deletion, InlinePolicyName, ManagedPolicyName, PolicyText, RoleName, UserName } from './entity-inputs.ts';
import type { GivenTag } from './tags.ts';

export interface GroupName {
  readonly groupArn: string;
}

export interface InstanceProfileName {
  readonly instanceProfileArn: string;
}

export interface GivenTags {
  readonly tags: readonly GivenTag[];
}

export interface GivenTagKeys {
  readonly tagKeys: readonly string[];
}

/** A new entity, and what it can begin with; left out or null: without. */
export interface Beginning extends NewName {
  readonly tags?: readonly GivenTag[] | null | undefined;
}

export interface Bounded {
  /** ARN of a managed policy of the account or of AWS. */
  readonly permissionsBoundary?: string | null | undefined;
}

export interface Described {
  readonly description?: string | null | undefined;
}

/** Seconds. */
export interface Duration {
  readonly maxSessionDuration?: number | null | undefined;
}

/** Left out or null: as before. */
export interface NewUserName {
  readonly newUserName?: string | null | undefined;
  readonly newPath?: string | null | undefined;
}

export interface NewGroupName {
  readonly newGroupName?: string | null | undefined;
  readonly newPath?: string | null | undefined;
}

export interface VersionName {
  readonly versionId: string;
}

/**
 * What makes an entity. All throw EntityAlreadyExists, LimitExceeded (of the account), and
 * NoSuchEntity for an account, a boundary or a principal of a trust policy that the directory does not have.
 */
export interface Creations {
  readonly createUser: ChangeOf<Beginning & Bounded & { readonly userName: string }>;
  readonly createGroup: ChangeOf<NewName & { readonly groupName: string }>;
  /** Throws MalformedPolicyDocument for a principal that does not exist. */
  readonly createRole: ChangeOf<
    Beginning &
      Bounded &
      Described &
      Duration & { readonly roleName: string; readonly assumeRolePolicyDocument: string }
  >;
  /** Throws LimitExceeded (6,144 characters). */
  readonly createPolicy: ChangeOf<Beginning & Described & PolicyText & { readonly policyName: string }>;
  readonly createInstanceProfile: ChangeOf<Beginning & { readonly instanceProfileName: string }>;
}

/** Changes of what users are, beside their policies. All throw NoSuchEntity. */
export interface UserUpdates {
  /** Its ARN changes; policies that name it go on to mean it. Throws EntityAlreadyExists. */
  readonly updateUser: ChangeOf<UserName & NewUserName>;
  /** Throws LimitExceeded (50 tags). */
  readonly tagUser: ChangeOf<UserName & GivenTags>;
  readonly untagUser: ChangeOf<UserName & GivenTagKeys>;
}

/** Changes of groups, each like that of a user. All throw NoSuchEntity. */
export interface GroupChanges {
  readonly updateGroup: ChangeOf<GroupName & NewGroupName>;
  /** Throws DeleteConflict. */
  readonly deleteGroup: ChangeOf<GroupName & Deletion>;
  /** Throws LimitExceeded (5,120 characters in all inline policies). */
  readonly putGroupPolicy: ChangeOf<GroupName & InlinePolicyName & PolicyText>;
  readonly deleteGroupPolicy: ChangeOf<GroupName & InlinePolicyName>;
  readonly attachGroupPolicy: ChangeOf<GroupName & ManagedPolicyName>;
  readonly detachGroupPolicy: ChangeOf<GroupName & ManagedPolicyName>;
}

/** Changes of what roles are, beside their policies. All throw NoSuchEntity, UnmodifiableEntity. */
export interface RoleUpdates {
  /** Live sessions continue. Left out or null: as before. */
  readonly updateRole: ChangeOf<RoleName & Described & Duration>;
  readonly updateRoleDescription: ChangeOf<RoleName & { readonly description: string }>;
  readonly tagRole: ChangeOf<RoleName & GivenTags>;
  readonly untagRole: ChangeOf<RoleName & GivenTagKeys>;
}

/**
 * Changes of managed policies of an account; they take effect wherever the policy is attached or a boundary. All throw NoSuchEntity,
 * and UnmodifiableEntity for policies of AWS.
 */
export interface PolicyChanges {
  /** Throws LimitExceeded (5 versions; 6,144 characters). */
  readonly createPolicyVersion: ChangeOf<ManagedPolicyName & PolicyText & { readonly setAsDefault?: boolean }>;
  readonly setDefaultPolicyVersion: ChangeOf<ManagedPolicyName & VersionName>;
  /** Throws DeleteConflict for the default version. */
  readonly deletePolicyVersion: ChangeOf<ManagedPolicyName & VersionName>;
  /**
   * Throws DeleteConflict while it is attached or has other versions than the default one, if not with dependents; and always while
   * it is a boundary: without it, its users and roles could do more.
   */
  readonly deletePolicy: ChangeOf<ManagedPolicyName & Deletion>;
  readonly tagPolicy: ChangeOf<ManagedPolicyName & GivenTags>;
  readonly untagPolicy: ChangeOf<ManagedPolicyName & GivenTagKeys>;
}

/** Changes of instance profiles. All throw NoSuchEntity. */
export interface InstanceProfileChanges {
  /** Throws DeleteConflict while it has a role, if not with dependents. */
  readonly deleteInstanceProfile: ChangeOf<InstanceProfileName & Deletion>;
  /** A role of its account. Throws LimitExceeded (1 role), UnmodifiableEntity. */
  readonly addRoleToInstanceProfile: ChangeOf<InstanceProfileName & RoleName>;
  readonly removeRoleFromInstanceProfile: ChangeOf<InstanceProfileName & RoleName>;
  readonly tagInstanceProfile: ChangeOf<InstanceProfileName & GivenTags>;
  readonly untagInstanceProfile: ChangeOf<InstanceProfileName & GivenTagKeys>;
}

interface OfAlias {
  readonly accountId: string;
  readonly accountAlias: string;
}

/** The alias of an account. All throw NoSuchEntity. */
export interface AliasChanges {
  /** In place of the one that it has. Throws EntityAlreadyExists if another account has it. */
  readonly createAccountAlias: ChangeOf<OfAlias>;
  readonly deleteAccountAlias: ChangeOf<OfAlias>;
}
