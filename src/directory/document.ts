/**
 * A part of a directory as values: what an import, the demo organization and the tests pass to `Directory.apply`.
 * Policy documents are JSON texts. Entities are named by ARN; a unique id that is left out is generated.
 */
export interface DirectoryDocument {
  readonly organizations?: readonly OrganizationInput[];
  readonly accounts?: readonly AccountInput[];
  readonly policies?: readonly ManagedPolicyInput[];
  readonly groups?: readonly GroupInput[];
  readonly users?: readonly UserInput[];
  readonly roles?: readonly RoleInput[];
  readonly instanceProfiles?: readonly InstanceProfileInput[];
  readonly resources?: readonly ResourceInput[];
  readonly accessKeys?: readonly AccessKeyInput[];
}

export interface OrganizationInput {
  /** o-… */
  readonly id: string;
  /** r-… */
  readonly rootId: string;
  readonly managementAccountId: string;
  readonly scpEnabled?: boolean;
  readonly rcpEnabled?: boolean;
  /** Parents before children. */
  readonly units?: readonly { readonly id: string; readonly name: string; readonly parentId: string | null }[];
  readonly controlPolicies?: readonly ControlPolicyInput[];
  readonly delegatedAdministrators?: readonly DelegatedAdministratorInput[];
}

/** A member account that administers a service for its organization (organizations:RegisterDelegatedAdministrator). */
export interface DelegatedAdministratorInput {
  readonly accountId: string;
  /** iam.amazonaws.com … */
  readonly servicePrincipal: string;
}

export interface ControlPolicyInput {
  /** p-… */
  readonly id: string;
  readonly type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';
  readonly name: string;
  readonly document: string;
  /** Ids of the roots, units and accounts that it is attached to. */
  readonly targets: readonly string[];
}

export interface AccountInput {
  /** Twelve digits. */
  readonly id: string;
  readonly partition?: string;
  readonly name?: string;
  /** Left out: what is stored stays (UNKNOWN for a new account). */
  readonly membership?: { readonly organizationId: string; readonly unitId: string | null } | 'NONE';
}

export interface InlinePolicyInput {
  readonly name: string;
  readonly document: string;
}

/** A list that is given replaces what is stored; a list that is left out keeps it. */
interface PolicyHolderInput {
  readonly arn: string;
  readonly id?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly inlinePolicies?: readonly InlinePolicyInput[];
  /** ARNs. A policy that is neither stored, nor in this document, nor in the catalogue is stored without its document. */
  readonly attachedPolicies?: readonly string[];
}

export interface GroupInput extends PolicyHolderInput {}

export interface UserInput extends PolicyHolderInput {
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN; null: none. */
  readonly permissionsBoundary?: string | null;
  /** ARNs of groups. */
  readonly groups?: readonly string[];
}

export interface RoleInput extends PolicyHolderInput {
  readonly trustPolicy: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly permissionsBoundary?: string | null;
  /** Seconds. */
  readonly maxSessionDuration?: number;
}

export interface InstanceProfileInput {
  readonly arn: string;
  readonly id?: string;
  readonly createdAt?: string;
  /** ARN; null: none. */
  readonly role?: string | null;
}

export interface ManagedPolicyInput {
  readonly arn: string;
  readonly id?: string;
  readonly createdAt?: string;
  readonly defaultVersionId: string;
  /** Stored versions that are not named here stay. */
  readonly versions: readonly { readonly versionId: string; readonly document: string; readonly createdAt?: string }[];
}

export interface ResourceInput {
  readonly arn: string;
  readonly accountId: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly policy?: string | null;
}

export interface AccessKeyInput {
  /** AKIA… */
  readonly id: string;
  /** Exactly one of `user` (ARN) and `service` (ec2.amazonaws.com). */
  readonly user?: string;
  readonly service?: string;
}
