import type { NewAuditEvent } from './audit-store.ts';

/** A generation of the master key. Times are milliseconds since 1970. */
export interface MasterKeyRecord {
  /** From 1. */
  readonly generation: number;
  /** SHA-256 of the key. */
  readonly fingerprint: string;
  readonly createdAt: number;
  /** Null: what follows from it is accepted. */
  readonly retiredAt: number | null;
}

/** A generation to begin. */
export interface NewMasterKey {
  readonly fingerprint: string;
  /** The characters behind the prefix of ids of a generation; null: the first one's have none. */
  readonly markOf: (generation: number) => string | null;
  readonly at: number;
}

/** What a generation is used for. */
export const CREDENTIAL_KINDS = [
  'access key',
  'sign-in',
  'temporary credentials',
  'role session',
  'checker',
  'MFA device',
  'signing key',
] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** Something that rests on a master key, or on a key that does. Nothing of it is secret. */
export interface CredentialRecord {
  /** Null: of the operator's checkers, which rest on none. */
  readonly generation: number | null;
  readonly kind: CredentialKind;
  /** Id of the access key, also of sessions; of a sign-in, its own; serial number of a device; number of a signing key. */
  readonly id: string;
  /** ARN, service or name of whoever has it. */
  readonly holder: string | null;
  readonly createdAt: number;
  /** Null: it does not expire. */
  readonly expiresAt: number | null;
  /** False: a key that is switched off, a device that is enabled for nobody. */
  readonly active: boolean;
}

/** How many of what have ended with a generation. */
export type RetiredCounts = Readonly<Record<CredentialKind, number>>;

export interface MasterKeyStore {
  /** Oldest first; the last one is used for what is made. Answered from memory while nothing has changed. */
  list(): Promise<readonly MasterKeyRecord[]>;
  /**
   * The generations at a start with these keys. Where none is known, the first key becomes the first generation. Where a
   * directory was restored without its keys and not all of them are there, a key that it does not know begins a new one,
   * and all others are retired.
   */
  open(fingerprints: readonly string[], key: Omit<NewMasterKey, 'fingerprint'>): Promise<readonly MasterKeyRecord[]>;
  /** The fingerprint of the newest generation; null: none is known yet, or the directory was restored without its keys. */
  expected(): Promise<string | null>;
  /** Begins a generation, also of the signing key; returns its number. Throws CONFLICT if the key has one. */
  begin(key: NewMasterKey, event?: NewAuditEvent): Promise<number>;
  /**
   * Ends a generation and everything of it. Throws NoSuchEntity, CONFLICT for the newest one. `eventOf`: the event of the audit
   * trail.
   */
  retire(generation: number, at: number, eventOf: (counts: RetiredCounts) => NewAuditEvent): Promise<RetiredCounts>;
  /** What is used of a generation (null: of all), by kind: live sessions, checkers and signing keys, all keys and devices. */
  credentials(generation: number | null, now: number): AsyncGenerator<CredentialRecord>;
}
