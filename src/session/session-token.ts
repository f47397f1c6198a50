import { hash } from 'node:crypto';
import { createLocalJWKSet, errors, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { SigningKeyRecord, SigningKeyStore } from '../directory/stores/identity-stores.ts';
import { AuthenticationError } from './errors.ts';
import { MasterKeyMissing } from './master-keys.ts';
import type { Secrets, SigningKey } from './secrets.ts';

const ALGORITHM = 'EdDSA';
/**
 * The purpose of a token. Explicit typing, so that none can pass for another, in a header or in a cookie:
 * https://www.rfc-editor.org/rfc/rfc8725#section-3.11
 */
const TYPES = { session: 'rolegate-session+jwt', signIn: 'rolegate-sign-in+jwt' } as const;
const ISSUER = 'rolegate';
const AUDIENCE = 'rolegate';
/** Longer tokens are not read. */
const MAX_TOKEN_CHARACTERS = 4096;
/**
 * Seconds for which our token is accepted after its expiry: none. All gateways of a directory judge by their own clocks,
 * which must be synchronized; others who verify our tokens choose their own tolerance.
 */
export const CLOCK_TOLERANCE_SECONDS = 0;
/** Seconds: no token lives longer (sts:GetSessionToken). Older generations of the key are published for as long. */
const MAX_LIFETIME_SECONDS = 129_600;

export type TokenUse = keyof typeof TYPES;
/** The table of the session that a token names. */
export type SessionTable = 'role' | 'key';

export interface TokenFacts {
  readonly id: string;
  /** ARN, or service principal. */
  readonly subject: string;
  readonly table: SessionTable;
  /** What a browser's sign-in ends with, if not with a long-term key; left out: it ends with its key. */
  readonly credential?: NamedCredential;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

interface NamedSession {
  readonly id: string;
  readonly table: SessionTable;
}

/** A session that a sign-in was made with, or the operator's token, by its mark. */
export interface NamedCredential {
  readonly id: string;
  readonly table: SessionTable | 'operator';
}

/** A token that was right. It stays so while the signing keys are the same, until it expires. */
export interface Verified {
  readonly keys: readonly SigningKeyRecord[];
  readonly session: NamedSession;
  /** Null: the token names none. */
  readonly credential: NamedCredential | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Tokens that are remembered. Verifying one costs a tenth of a millisecond; whether its session still is, is looked up each time. */
const MOST_VERIFIED = 20_000;

type TokenSecrets = Pick<Secrets, 'signingKey' | 'masterKeys'>;

/** Signs and verifies the tokens of sessions with the keys of all accepted generations. */
export class SessionTokens {
  readonly #keys: SigningKeyStore;
  readonly #secrets: TokenSecrets;
  /** Tokens whose signatures were right, by their hash, with the keys that they were verified with. */
  readonly #verified = new LRUCache<string, Verified>({ max: MOST_VERIFIED });
  /** By the list that the store returns: the same one while nothing has changed. */
  readonly #resolvers = new WeakMap<readonly SigningKeyRecord[], ReturnType<typeof createLocalJWKSet>>();

  constructor(keys: SigningKeyStore, secrets: TokenSecrets) {
    this.#keys = keys;
    this.#secrets = secrets;
  }

  /** A signed token with identity and expiry; everything else is looked up. */
  async sign(use: TokenUse, { id, subject, table, credential, issuedAt, expiresAt }: TokenFacts): Promise<string> {
    const newest = (await this.#keys.list()).at(-1);
    if (newest === undefined) throw new Error('the directory has lost its signing keys');
    const { privateKey, jwk } = await this.#keyOf(newest);
    return new SignJWT({ table, ...(credential !== undefined && { credential }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPES[use], kid: jwk.kid })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setJti(id)
      .setIssuedAt(Math.floor(issuedAt / 1000))
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(privateKey);
  }

  /** What is right of `token`. Throws AuthenticationError: ExpiredToken, or InvalidClientTokenId for everything else. */
  async verify(use: TokenUse, token: string, now: number): Promise<Verified> {
    if (token.length > MAX_TOKEN_CHARACTERS) throw new AuthenticationError('InvalidClientTokenId');
    const keys = await this.#keys.list();
    const missing = await this.#missing(keys);
    const fingerprint = hash('sha256', `${use} ${token}`, 'base64');
    const known = this.#verified.get(fingerprint);
    if (known?.keys === keys) return unexpired(known, now);
    try {
      const { payload } = await jwtVerify(token, this.#resolver(keys, missing === null), {
        algorithms: [ALGORITHM],
        typ: TYPES[use],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'jti', 'iat', 'exp', 'table'],
        currentDate: new Date(now),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      const credential = credentialNamed(payload);
      const verified = { keys, session: sessionNamed(payload), credential, expiresAt: (payload.exp ?? 0) * 1000 };
      this.#verified.set(fingerprint, verified);
      return verified;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new AuthenticationError('ExpiredToken', { cause: error });
      // It may be of the key that is missing: others would take it.
      if (error instanceof errors.JWKSNoMatchingKey && missing !== null) throw missing;
      if (error instanceof errors.JOSEError) throw new AuthenticationError('InvalidClientTokenId', { cause: error });
      throw error;
    }
  }

  /** The same without the token; null: the keys have changed, and the token has to be verified again. Throws ExpiredToken. */
  async verifyAgain(verified: Verified, now: number): Promise<Verified | null> {
    return (await this.#keys.list()) === verified.keys ? unexpired(verified, now) : null;
  }

  /** The answer of `/.well-known/jwks.json`: the keys of all tokens that can be valid at `now`, the newest first. */
  async jwks(now: number): Promise<{ readonly keys: readonly JWK[] }> {
    const generations = await this.#keys.list();
    const alive = generations.filter(({ retiredAt }, index) => {
      const successor = generations[index + 1];
      return retiredAt === null && (successor === undefined || successor.createdAt > now - MAX_LIFETIME_SECONDS * 1000);
    });
    await this.#hold(alive);
    return { keys: alive.map((key) => this.#jwkOf(key)).reverse() };
  }

  /** As `#hold`; what it would throw. */
  async #missing(keys: readonly SigningKeyRecord[]): Promise<MasterKeyMissing | null> {
    try {
      await this.#hold(keys);
      return null;
    } catch (error) {
      if (error instanceof MasterKeyMissing) return error;
      throw error;
    }
  }

  /** The master keys of all that are accepted. Throws MasterKeyMissing if the file lacks one. */
  async #hold(keys: readonly SigningKeyRecord[]): Promise<void> {
    for (const { retiredAt, masterGeneration } of keys) {
      if (retiredAt === null) await this.#secrets.masterKeys.hold(masterGeneration);
    }
  }

  async #keyOf(key: SigningKeyRecord): Promise<SigningKey> {
    await this.#hold([key]);
    return this.#secrets.signingKey(key.generation, key.masterGeneration);
  }

  #jwkOf({ generation, masterGeneration }: SigningKeyRecord): SigningKey['jwk'] {
    return this.#secrets.signingKey(generation, masterGeneration).jwk;
  }

  #resolver(keys: readonly SigningKeyRecord[], areWhole: boolean): ReturnType<typeof createLocalJWKSet> {
    const known = this.#resolvers.get(keys);
    if (known !== undefined) return known;
    const { masterKeys } = this.#secrets;
    const accepted = keys.filter((key) => key.retiredAt === null && masterKeys.has(key.masterGeneration));
    const made = createLocalJWKSet({
      keys: accepted.map((key) => this.#jwkOf(key)),
    });
    if (areWhole) this.#resolvers.set(keys, made);
    return made;
  }
}

function unexpired(verified: Verified, now: number): Verified {
  if (verified.expiresAt <= now) throw new AuthenticationError('ExpiredToken');
  return verified;
}

/** Null: there is none. */
function credentialNamed({ credential }: JWTPayload): NamedCredential | null {
  if (credential === undefined) return null;
  const { id, table } = Object(credential) as Record<string, unknown>; // as: Object() of anything has properties
  if (typeof id !== 'string' || (table !== 'role' && table !== 'key' && table !== 'operator')) {
    throw new AuthenticationError('InvalidClientTokenId');
  }
  return { id, table };
}

/** `requiredClaims` has checked that the claims exist, not their types. */
function sessionNamed({ jti, table }: JWTPayload): NamedSession {
  if (typeof jti !== 'string' || (table !== 'role' && table !== 'key')) {
    throw new AuthenticationError('InvalidClientTokenId');
  }
  return { id: jti, table };
}
