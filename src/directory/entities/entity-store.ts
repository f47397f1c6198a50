import type { NewAuditEvent } from '../stores/audit-store.ts';

/**
 * A change with its event in the audit trail, in one transaction; a change that leaves everything as it was keeps none.
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
  /** JSON of the right grammar: whoever calls has looked. */
  readonly policyDocument: string;
}

export interface Deletion {
  /**
   * True: all that hangs on it goes as well, as in AWS's console. Left out or false: DeleteConflict while something does,
   * as in AWS's API.
   */
  readonly withDependents?: boolean;
}

/**
 * Changes of a role. All throw NoSuchEntity, and UnmodifiableEntity for roles that are only AWS's to change (those of
 * services and of IAM Identity Center).
 */
export interface RoleChanges {
  /** Its sessions end; policies that name it go on meaning this one. Throws DeleteConflict. */
  readonly deleteRole: EntityChange<RoleName & Deletion>;
  /** New, or in the place of the one of that name. Throws LimitExceeded (10,240 characters of all inline policies). */
  readonly putRolePolicy: EntityChange<RoleName & InlinePolicyName & PolicyText>;
  readonly deleteRolePolicy: EntityChange<RoleName & InlinePolicyName>;
  /** A policy of the role's account or of AWS. Throws LimitExceeded (10), PolicyNotAttachable. */
  readonly attachRolePolicy: EntityChange<RoleName & ManagedPolicyName>;
  readonly detachRolePolicy: EntityChange<RoleName & ManagedPolicyName>;
  /** Live sessions go on. Throws MalformedPolicyDocument for a user or role that is not there. */
  readonly updateAssumeRolePolicy: EntityChange<RoleName & PolicyText>;
  readonly putRolePermissionsBoundary: EntityChange<RoleName & { readonly permissionsBoundary: string }>;
  /** A role that has none is left as it is. */
  readonly deleteRolePermissionsBoundary: EntityChange<RoleName>;
}

/** Changes of a user, each as that of a role. All throw NoSuchEntity. */
export interface UserChanges {
  /** Its keys and what they made go with it, but the role sessions that it has made. Throws DeleteConflict. */
  readonly deleteUser: EntityChange<UserName & Deletion>;
  /** Throws LimitExceeded (2,048 characters of all inline policies). */
  readonly putUserPolicy: EntityChange<UserName & InlinePolicyName & PolicyText>;
  readonly deleteUserPolicy: EntityChange<UserName & InlinePolicyName>;
  readonly attachUserPolicy: EntityChange<UserName & ManagedPolicyName>;
  readonly detachUserPolicy: EntityChange<UserName & ManagedPolicyName>;
  readonly putUserPermissionsBoundary: EntityChange<UserName & { readonly permissionsBoundary: string }>;
  readonly deleteUserPermissionsBoundary: EntityChange<UserName>;
  /** Throws LimitExceeded (10 groups). */
  readonly addUserToGroup: EntityChange<UserName & { readonly groupArn: string }>;
  /** A user that is not in the group stays so. */
  readonly removeUserFromGroup: EntityChange<UserName & { readonly groupArn: string }>;
}

/** Changes of IAM's entities that sessions live or die by. */
export interface EntityStore extends RoleChanges, UserChanges {
  /** Switches a long-term key on or off. Throws NoSuchEntity. */
  setKeyActive(id: string, active: boolean, event?: NewAuditEvent): Promise<void>;
  /** ARN of the role in an instance profile; null: there is no such profile, or it is empty. */
  instanceProfileRole(arn: string): Promise<string | null>;
}
