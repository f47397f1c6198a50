import type { NewAuditEvent } from '../stores/audit-store.ts';

/**
 * A change with its event in the audit trail, in one transaction; a change without effect stores no event.
 * Throws RolegateErrors with AWS's codes and messages.
 */
export type EntityChange<I> = (input: I, event?: NewAuditEvent) => Promise<void>;

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
  readonly deleteRole: EntityChange<RoleName & Deletion>;
  /** Adds a policy, or replaces the one of that name. Throws LimitExceeded (10,240 characters in all inline policies). */
  readonly putRolePolicy: EntityChange<RoleName & InlinePolicyName & PolicyText>;
  readonly deleteRolePolicy: EntityChange<RoleName & InlinePolicyName>;
  /** A policy of the role's account or of AWS. Throws LimitExceeded (10), PolicyNotAttachable. */
  readonly attachRolePolicy: EntityChange<RoleName & ManagedPolicyName>;
  readonly detachRolePolicy: EntityChange<RoleName & ManagedPolicyName>;
  /** Live sessions continue. Throws MalformedPolicyDocument for a principal that does not exist. */
  readonly updateAssumeRolePolicy: EntityChange<RoleName & PolicyText>;
  readonly putRolePermissionsBoundary: EntityChange<RoleName & { readonly permissionsBoundary: string }>;
  /** A role without one does not change. */
  readonly deleteRolePermissionsBoundary: EntityChange<RoleName>;
}

/** Changes of a user, each like that of a role. All throw NoSuchEntity. */
export interface UserChanges {
  /** Deletes its keys and what they made too, except the role sessions that it has assumed. Throws DeleteConflict. */
  readonly deleteUser: EntityChange<UserName & Deletion>;
  /** Throws LimitExceeded (2,048 characters in all inline policies). */
  readonly putUserPolicy: EntityChange<UserName & InlinePolicyName & PolicyText>;
  readonly deleteUserPolicy: EntityChange<UserName & InlinePolicyName>;
  readonly attachUserPolicy: EntityChange<UserName & ManagedPolicyName>;
  readonly detachUserPolicy: EntityChange<UserName & ManagedPolicyName>;
  readonly putUserPermissionsBoundary: EntityChange<UserName & { readonly permissionsBoundary: string }>;
  readonly deleteUserPermissionsBoundary: EntityChange<UserName>;
  /** Throws LimitExceeded (10 groups). */
  readonly addUserToGroup: EntityChange<UserName & { readonly groupArn: string }>;
  /** Does nothing if the user is not in the group. */
  readonly removeUserFromGroup: EntityChange<UserName & { readonly groupArn: string }>;
}

/** Changes of IAM's entities that sessions depend on. */
export interface EntityStore extends RoleChanges, UserChanges {
  /** Switches a long-term key on or off. Throws NoSuchEntity. */
  setKeyActive(id: string, active: boolean, event?: NewAuditEvent): Promise<void>;
  /** ARN of the role in an instance profile; null: there is no such profile, or it is empty. */
  instanceProfileRole(arn: string): Promise<string | null>;
}
