import type { NewAuditEvent } from './audit-store.ts';

export type KeySessionKind = 'SESSION_TOKEN' | 'FEDERATED_USER' | 'SIGN_IN';

/**
 * A principal that acts as itself without its long-term key: with credentials of sts:GetSessionToken or
 * sts:GetFederationToken, or in a signed-in browser. Times are milliseconds since 1970.
 */
export interface KeySessionRecord {
  readonly id: string;
  readonly kind: KeySessionKind;
  /** ASIA…; null: a sign-in. */
  readonly accessKeyId: string | null;
  /** AKIA…: the key that it was created with. */
  readonly keyId: string;
  /** Principal id of its creator: a user, a root user or a service. */
  readonly principal: string;
  /** AIDA…; null: its creator is not a user. */
  readonly userId: string | null;
  /** arn:aws:sts::111111111111:federated-user/name; null: it acts as `principal`. */
  readonly federatedArn: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Texts of the documents given. */
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
  /** When the user proved possession of its MFA device; null: it did not. */
  readonly mfaAuthenticatedAt: number | null;
  /** For SIGN_IN: the id of the role session that it has switched to; null: none. */
  readonly roleSessionId: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
}

/** A key session to be created. */
export type NewKeySession = Omit<KeySessionRecord, 'endedAt' | 'roleSessionId'>;

export interface KeySessionStore {
  /** Null: there is none, or its user was deleted. */
  find(id: string): Promise<KeySessionRecord | null>;
  /** Throws NoSuchEntity if its user no longer exists. */
  create(session: NewKeySession, event?: NewAuditEvent): Promise<void>;
  /** Idempotent. Also ends the role session that a sign-in has switched to. */
  end(id: string, at: number, event?: NewAuditEvent): Promise<void>;
  /** A sign-in leaves its role: the role session ends, and the user's own permissions are back. False: it was in none. */
  leaveRole(id: string, at: number, event?: NewAuditEvent): Promise<boolean>;
}
