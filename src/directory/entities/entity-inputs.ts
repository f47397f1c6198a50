import type { ChangeOf } from './change-of.ts';

export interface RoleName {
  readonly roleArn: string;
}

export interface UserName {
  readonly userArn: string;
}

export interface ManagedPolicyName {
  readonly policyArn: string;
}

export interface InlinePolicyName {
  readonly policyName: string;
}

export interface PolicyText {
  /** Valid policy JSON: the caller has validated it. */
  readonly policyDocument: string;
}

export interface Deletion {
  /**
   * True: everything that depends on it is deleted as well, as in AWS's console. Left out or false: DeleteConflict while
   * something depends on it, as in AWS's API.
   */
  readonly withDependents?: boolean;
  /** With dependents: what it may delete (PARTS). CONFLICT if there is something else. Left out: whatever there is. */
  readonly parts?: readonly string[];
}

/**
 * Changes of a role. All throw NoSuchEntity, and UnmodifiableEntity for roles that only AWS can change (service-linked
 * ones and those of IAM Identity Center).
 */
export interface RoleChanges {
  /** Its sessions end; policies that name it keep meaning this role. Throws DeleteConflict. */
  readonly deleteRole: ChangeOf<RoleName & Deletion>;
  /** Adds a policy, or replaces the one of that name. Throws LimitExceeded (10,240 characters in all inline policies). */
  readonly putRolePolicy: ChangeOf<RoleName & InlinePolicyName & PolicyText>;
  readonly deleteRolePolicy: ChangeOf<RoleName & InlinePolicyName>;
  /** A policy of the role's account or of AWS. Throws LimitExceeded (25), PolicyNotAttachable. */
  readonly attachRolePolicy: ChangeOf<RoleName & ManagedPolicyName>;
  readonly detachRolePolicy: ChangeOf<RoleName & ManagedPolicyName>;
  /** Live sessions continue. Throws MalformedPolicyDocument for a principal that does not exist. */
  readonly updateAssumeRolePolicy: ChangeOf<RoleName & PolicyText>;
  readonly putRolePermissionsBoundary: ChangeOf<RoleName & { readonly permissionsBoundary: string }>;
  /** A role without one does not change. */
  readonly deleteRolePermissionsBoundary: ChangeOf<RoleName>;
}

/** Changes of a user, each like that of a role. All throw NoSuchEntity. */
export interface UserChanges {
  /** Deletes its keys and what they made too, except the role sessions that it has assumed. Throws DeleteConflict. */
  readonly deleteUser: ChangeOf<UserName & Deletion>;
  /** Throws LimitExceeded (2,048 characters in all inline policies). */
  readonly putUserPolicy: ChangeOf<UserName & InlinePolicyName & PolicyText>;
  readonly deleteUserPolicy: ChangeOf<UserName & InlinePolicyName>;
  readonly attachUserPolicy: ChangeOf<UserName & ManagedPolicyName>;
  readonly detachUserPolicy: ChangeOf<UserName & ManagedPolicyName>;
  readonly putUserPermissionsBoundary: ChangeOf<UserName & { readonly permissionsBoundary: string }>;
  readonly deleteUserPermissionsBoundary: ChangeOf<UserName>;
  /** Throws LimitExceeded (10 groups). */
  readonly addUserToGroup: ChangeOf<UserName & { readonly groupArn: string }>;
  /** Does nothing if the user is not in the group. */
  readonly removeUserFromGroup: ChangeOf<UserName & { readonly groupArn: string }>;
}
