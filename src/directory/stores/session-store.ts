import type { NewAuditEvent } from './audit-store.ts';

/** A long-term key as stored, without its secret. */
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
  /**
   * Principal id of whoever a key belongs to, also of temporary credentials (ASIA…), even if it is inactive or has expired.
   * Null: there is no such key.
   */
  ownerOf(id: string): Promise<string | null>;
  /** Throws LimitExceeded (2 per user), NoSuchEntity. */
  create(
    key: { readonly id: string; readonly userArn?: string; readonly service?: string },
    event?: NewAuditEvent,
  ): Promise<void>;
  /**
   * Deletes the key, and ends at `at` the browser sign-ins that were made with it, together with their role sessions.
   * Throws NoSuchEntity.
   */
  remove(id: string, at: number, event?: NewAuditEvent): Promise<void>;
}

/** A role session as stored. Times are milliseconds since 1970. */
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
  /** Principal id of the caller that assumed the role. */
  readonly assumedBy: string;
  readonly assumedById: string | null;
  readonly parentId: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
  /** aws:FederatedProvider: ARN of the provider whose web identity assumed the role; null: none. */
  readonly federatedProvider: string | null;
}

/** Facts about a role session that are only shown; no decision uses them. */
export interface RoleSessionOrigin {
  readonly federatedSubject: string | null;
  readonly mfaAuthenticatedAt: number | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
}

export type SessionEndReason = 'EXITED' | 'REVOKED' | 'SWITCHED' | 'ROLE_DELETED';

/** What is written in one transaction with a new role session. Left out: nothing. */
export interface RoleSessionCompanions {
  readonly origin?: RoleSessionOrigin;
  readonly event?: NewAuditEvent;
  /** The sign-in that switches into it. The sign-in's previous role session ends. */
  readonly signInId?: string;
}

export interface RoleSessionStore {
  find(id: string): Promise<RoleSessionRecord | null>;
  /** Live ones at `now` with this ARN, newest first. */
  live(arn: string, now: number): Promise<readonly RoleSessionRecord[]>;
  /** Throws NoSuchEntity if the role no longer exists, ExpiredToken if the sign-in has ended. */
  create(session: Omit<RoleSessionRecord, 'endedAt'>, companions?: RoleSessionCompanions): Promise<void>;
  /** Idempotent; returns the record as it is afterwards, null if there is none (or its role is gone). `event` is stored if it ends now. */
  end(id: string, at: number, reason: 'EXITED' | 'REVOKED', event?: NewAuditEvent): Promise<RoleSessionRecord | null>;
}
