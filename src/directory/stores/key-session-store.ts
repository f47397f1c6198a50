import type { NewAuditEvent } from './audit-store.ts';

export type KeySessionKind = 'SESSION_TOKEN' | 'FEDERATED_USER' | 'SIGN_IN';

/**
 * A principal as itself with something else than its long-term key: credentials of sts:GetSessionToken, of
 * sts:GetFederationToken, or a browser that is signed in. Times are milliseconds since 1970.
 */
export interface KeySessionRecord {
  readonly id: string;
  readonly kind: KeySessionKind;
  /** ASIA…; null: a sign-in. */
  readonly accessKeyId: string | null;
  /** AKIA…: the key it was made with. */
  readonly keyId: string;
  /** Principal id of who made it: a user, a root user or a service. */
  readonly principal: string;
  /** AIDA…; null: not a user's. */
  readonly userId: string | null;
  /** arn:aws:sts::111111111111:federated-user/name; null: it acts as `principal`. */
  readonly federatedArn: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Texts of the documents given. */
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
  /** When the user proved to hold its MFA device; null: it did not. */
  readonly mfaAuthenticatedAt: number | null;
  /** SIGN_IN: the id of the role session that it has switched to; null: none. */
  readonly roleSessionId: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
}

/** One that is to be made. */
export type NewKeySession = Omit<KeySessionRecord, 'endedAt' | 'roleSessionId'>;

export interface KeySessionStore {
  /** Null: there is none, or its user was deleted. */
  find(id: string): Promise<KeySessionRecord | null>;
  /** Throws NoSuchEntity when its user is not there any more. */
  create(session: NewKeySession, event?: NewAuditEvent): Promise<void>;
  /** Idempotent. Ends the role session that a sign-in has switched to as well. */
  end(id: string, at: number, event?: NewAuditEvent): Promise<void>;
  /** A sign-in gives its role back: the role session ends, and the own permissions are back. False: it was in none. */
  leaveRole(id: string, at: number, event?: NewAuditEvent): Promise<boolean>;
}
