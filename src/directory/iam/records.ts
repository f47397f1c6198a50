/** An entity of IAM with a unique id. */
export interface EntityRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** What users and roles have beside their policies. */
export interface PrincipalRecord extends EntityRecord {
  readonly tags: Readonly<Record<string, string>>;
  /** ARN; null: none. */
  readonly permissionsBoundary: string | null;
}

export interface RoleRecord extends PrincipalRecord {
  readonly description: string | null;
  /** Seconds. */
  readonly maxSessionDuration: number;
  /** JSON text, with the unique ids of principals that were deleted, and the ARNs of today of those that were renamed: see bound-trust.ts. */
  readonly trustPolicy: string;
}

export interface InstanceProfileRecord extends EntityRecord {
  readonly tags: Readonly<Record<string, string>>;
  /** Null: it has none. */
  readonly role: RoleRecord | null;
}

export interface ManagedPolicyRecord extends EntityRecord {
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Null: the policy is attached somewhere, but its document is not known. */
  readonly defaultVersionId: string | null;
  /** The users, groups and roles of one account that have it attached. */
  readonly attachments: number;
  /** The users and roles of one account whose boundary it is. */
  readonly boundaries: number;
}

export interface PolicyVersionRecord {
  readonly versionId: string;
  readonly isDefault: boolean;
  /** JSON text. */
  readonly document: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface AccessKeyMetadata {
  /** AKIA… */
  readonly id: string;
  readonly active: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** An MFA device that is enabled for a user, or for nobody (both null). */
export interface DeviceRecord {
  readonly serialNumber: string;
  readonly enabledAt: number | null;
  readonly user: EntityRecord | null;
}
