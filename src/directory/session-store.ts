/** A long-term key as it is stored; its secret is not. */
export interface AccessKeyRecord {
  readonly id: string;
  readonly active: boolean;
  /** ARN of the user, or the service principal. */
  readonly owner:
    | { readonly kind: 'user'; readonly id: string; readonly arn: string }
    | { readonly kind: 'service'; readonly service: string };
}

export interface AccessKeyStore {
  find(id: string): Promise<AccessKeyRecord | null>;
  /** Throws LimitExceeded (2 per user), NoSuchEntity. */
  create(key: { readonly id: string; readonly userArn?: string; readonly service?: string }): Promise<void>;
}

/** A role session as it is stored. Times are milliseconds since 1970. */
export interface RoleSessionRecord {
  readonly id: string;
  readonly accessKeyId: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly roleId: string;
  readonly roleSessionName: string;
  readonly sourceIdentity: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** Texts of the documents given. */
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
  /** The principal id of who assumed the role. */
  readonly assumedBy: string;
  readonly assumedById: string | null;
  readonly parentId: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
}

export interface RoleSessionStore {
  find(id: string): Promise<RoleSessionRecord | null>;
  /** Live ones at `now` with this ARN, newest first. */
  live(arn: string, now: number): Promise<readonly RoleSessionRecord[]>;
  create(session: Omit<RoleSessionRecord, 'endedAt'>): Promise<void>;
  /** Idempotent; the record as it is afterwards, null if there is none. */
  end(id: string, at: number, reason: 'EXITED' | 'REVOKED'): Promise<RoleSessionRecord | null>;
}
