import type { NewAuditEvent } from './audit-store.ts';

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
  create(
    key: { readonly id: string; readonly userArn?: string; readonly service?: string },
    event?: NewAuditEvent,
  ): Promise<void>;
  /**
   * Removes the key, and ends at `at` the sign-ins of browsers that were made with it, with the role sessions they are in.
   * Throws NoSuchEntity.
   */
  remove(id: string, at: number, event?: NewAuditEvent): Promise<void>;
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
  /** aws:FederatedProvider: the ARN of the provider whose web identity it was assumed with; null: none. */
  readonly federatedProvider: string | null;
}

/** What is kept of a role session for those who look at it; nothing is decided by it. */
export interface RoleSessionOrigin {
  readonly federatedSubject: string | null;
  readonly mfaAuthenticatedAt: number | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
}

export type SessionEndReason = 'EXITED' | 'REVOKED' | 'SWITCHED' | 'ROLE_DELETED';

/** What is written together with a new role session, in one transaction. Left out: nothing. */
export interface RoleSessionCompanions {
  readonly origin?: RoleSessionOrigin;
  readonly event?: NewAuditEvent;
  /** The sign-in that switches into it. The role session that it was in ends. */
  readonly signInId?: string;
}

export interface RoleSessionStore {
  find(id: string): Promise<RoleSessionRecord | null>;
  /** Live ones at `now` with this ARN, newest first. */
  live(arn: string, now: number): Promise<readonly RoleSessionRecord[]>;
  /** Throws NoSuchEntity when the role is not there any more, ExpiredToken when the sign-in has ended. */
  create(session: Omit<RoleSessionRecord, 'endedAt'>, companions?: RoleSessionCompanions): Promise<void>;
  /** Idempotent; the record as it is afterwards, null if there is none (or its role is gone). `event` is kept if it ends now. */
  end(id: string, at: number, reason: 'EXITED' | 'REVOKED', event?: NewAuditEvent): Promise<RoleSessionRecord | null>;
}
