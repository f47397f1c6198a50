import type { Touched } from '../apply/revision.ts';
import type { Revision } from '../directory.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import type { ChangeOf } from './change-of.ts';
import type { ChangeInputs, ChangeName } from './changes.ts';

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
  /** A policy of the role's account or of AWS. Throws LimitExceeded (10), PolicyNotAttachable. */
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

/** One change, by its name, with its event in the audit trail. */
export type ChangeStep = {
  readonly [Name in ChangeName]: {
    readonly name: Name;
    readonly input: ChangeInputs[Name];
    /** Left out: none is kept. A change without effect keeps none either. */
    readonly event?: NewAuditEvent | undefined;
  };
}[ChangeName];

/** How changes are made. */
export interface ChangeOptions {
  /**
   * The changes are refused (Conflict) if something that they read or write was touched after this revision. Null or left out: they
   * are made whatever was changed.
   */
  readonly expectedRevision?: Revision | null;
  /** True: everything is looked at and nothing is stored. */
  readonly dryRun?: boolean;
}

/** What changes have made, or, in a dry run, would make. */
export interface MadeChanges {
  /** A revision that includes the changes; in a dry run, and where nothing changed, the one before. */
  readonly revision: Revision;
  /** Each entity once. */
  readonly touched: readonly Touched[];
  /** ARN or id of the entity that each change is about, in the order of the changes. */
  readonly names: readonly string[];
}

/** Each change by itself, by its name. The event belongs to the same transaction. */
type SingleChanges = {
  readonly [Name in ChangeName]: (input: ChangeInputs[Name], event?: NewAuditEvent) => Promise<void>;
};

/** Changes of the directory's entities. */
export interface EntityStore extends SingleChanges {
  /** All of the changes in one transaction, in their order, or none. Throws FailedChange, Conflict. */
  make(steps: readonly ChangeStep[], options?: ChangeOptions): Promise<MadeChanges>;
  /** Switches a long-term key on or off. Throws NoSuchEntity. */
  setKeyActive(id: string, active: boolean, event?: NewAuditEvent): Promise<void>;
  /** ARN of the role in an instance profile; null: there is no such profile, or it is empty. */
  instanceProfileRole(arn: string): Promise<string | null>;
}
