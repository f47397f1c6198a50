import type { MadeChange } from '../change.ts';
import type { ChangeOptions, EntityStore } from '../entities/entity-store.ts';
import type { PreviewStore } from '../previews/preview.ts';
import type { AcknowledgementStore } from './acknowledgement-store.ts';
import type { ActingCredentials } from './acting-credentials.ts';
import type { AuditStore, NewAuditEvent } from './audit-store.ts';
import type { CheckerStore } from './checker-store.ts';
import type { KeySessionStore } from './key-session-store.ts';
import type { MasterKeyStore } from './master-key-store.ts';

/** Stores behind identities, beside those of access keys and role sessions. */
export interface IdentityStores {
  readonly credentials: CredentialStore;
  readonly audit: AuditStore;
  readonly checkers: CheckerStore;
  readonly acknowledgements: AcknowledgementStore;
  readonly keySessions: KeySessionStore;
  readonly masterKeys: MasterKeyStore;
  readonly mfaDevices: MfaDeviceStore;
  readonly oidcProviders: OidcProviderStore;
  readonly signingKeys: SigningKeyStore;
  readonly entities: EntityStore;
  readonly previews: PreviewStore;
}

export interface CredentialStore {
  /** Whether a call may go on: throws EndedCredentials if what it acts with has ended. Changes see to it themselves. */
  check(acting: ActingCredentials | null, at: number): Promise<void>;
}

/** A virtual MFA device. Its secret is derived from `seedId`. Times are milliseconds since 1970. */
export interface MfaDeviceRecord {
  readonly serialNumber: string;
  readonly accountId: string;
  readonly name: string;
  readonly seedId: string;
  readonly createdAt: number;
  /** The user it is enabled for; null: nobody. */
  readonly user: { readonly id: string; readonly arn: string } | null;
  readonly enabledAt: number | null;
  /** Time step of the last accepted code; null: none was accepted. */
  readonly lastTimeStep: number | null;
}

export interface MfaDeviceStore {
  find(serialNumber: string): Promise<MfaDeviceRecord | null>;
  /** In the order of their serial numbers. */
  list(of: { readonly userArn: string } | { readonly accountId: string }): Promise<readonly MfaDeviceRecord[]>;
  /** Throws EntityAlreadyExists, NoSuchEntity (no such account). */
  create(
    device: Pick<MfaDeviceRecord, 'serialNumber' | 'accountId' | 'name' | 'seedId' | 'createdAt'>,
    event?: NewAuditEvent,
  ): Promise<void>;
  /** Throws NoSuchEntity, EntityAlreadyExists (it is enabled for a user), LimitExceeded (8 per user). */
  enable(
    device: { readonly serialNumber: string; readonly userArn: string; readonly timeStep: number; readonly at: number },
    event?: NewAuditEvent,
  ): Promise<void>;
  /** Throws NoSuchEntity unless it is the user's. */
  disable(device: { readonly serialNumber: string; readonly userArn: string }, event?: NewAuditEvent): Promise<void>;
  /** Throws NoSuchEntity, DeleteConflict (it is enabled for a user). */
  remove(serialNumber: string, event?: NewAuditEvent): Promise<void>;
  /**
   * Accepts the code of a time step permanently. False: a code of that step or of a later one was accepted before, or the
   * device no longer belongs to this user. Of several calls at once, on one gateway or many, one gets true.
   */
  acceptTimeStep(serialNumber: string, userId: string, timeStep: number): Promise<boolean>;
}

/** An OpenID Connect provider of an account. */
export interface OidcProviderRecord {
  /** arn:aws:iam::111111111111:oidc-provider/host/path */
  readonly arn: string;
  readonly accountId: string;
  /** The `iss` of its tokens. */
  readonly url: string;
  readonly clientIds: readonly string[];
  /** A JSON Web Key Set (RFC 7517). */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly createdAt: number;
}

export interface OidcProviderStore {
  find(arn: string): Promise<OidcProviderRecord | null>;
  list(accountId: string): Promise<readonly OidcProviderRecord[]>;
  /** Throws EntityAlreadyExists, NoSuchEntity (no such account). */
  create(provider: OidcProviderRecord, event?: NewAuditEvent, options?: ChangeOptions): Promise<MadeChange<undefined>>;
  /** What is left out does not change. Throws NoSuchEntity. */
  update(
    arn: string,
    change: Partial<Pick<OidcProviderRecord, 'clientIds' | 'jwks'>>,
    event?: NewAuditEvent,
    options?: ChangeOptions,
  ): Promise<MadeChange<undefined>>;
  /** Does nothing if it has the audience. Throws NoSuchEntity, LimitExceeded if it has `most`. */
  addClientId(arn: string, clientId: string, most: number, event?: NewAuditEvent): Promise<void>;
  /** Does nothing if it has not the audience. Throws NoSuchEntity. */
  removeClientId(arn: string, clientId: string, event?: NewAuditEvent): Promise<void>;
  /** Throws NoSuchEntity. */
  remove(arn: string, event?: NewAuditEvent, options?: ChangeOptions): Promise<MadeChange<undefined>>;
}

/** A generation of the key that session tokens are signed with. */
export interface SigningKeyRecord {
  /** From 1. */
  readonly generation: number;
  readonly createdAt: number;
  /** Null: its tokens are accepted. */
  readonly retiredAt: number | null;
  /** Generation of the master key that it is derived from: the newest when it was made. */
  readonly masterGeneration: number;
}

export interface SigningKeyStore {
  /** Oldest first; the last one signs. Answered from memory while nothing has changed. */
  list(): Promise<readonly SigningKeyRecord[]>;
  /** Adds a generation; with `retireOlder`, tokens of older ones are no longer accepted. Returns its number. */
  rotate(rotation: { readonly at: number; readonly retireOlder: boolean }, event?: NewAuditEvent): Promise<number>;
}
