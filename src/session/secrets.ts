import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { type KeyFile, readKeyFile, readOrMakeKeyFile, removeKeyFile } from './key-file.ts';
import { generationOf } from './key-id.ts';
import { MasterKeys } from './master-keys.ts';

const OPERATOR_TOKEN_FILE = 'operator.token';
const KEY_BYTES = 32;
/** Characters. Shorter operator tokens are refused, wherever they come from. */
export const MIN_OPERATOR_TOKEN_LENGTH = 24;
/** Digests of secret access keys that are kept. */
const MOST_DIGESTS = 20_000;
/** 30 bytes are 40 characters of base64: the form of AWS's secret access keys. */
const SECRET_ACCESS_KEY_BYTES = 30;
/** https://www.rfc-editor.org/rfc/rfc4226#section-4 */
const MFA_SECRET_BYTES = 20;
/** PKCS #8 around an Ed25519 seed: https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key with its `kid`, as a JWKS publishes it. */
  readonly jwk: JWK & { readonly kid: string };
}

/** The gateway's secrets. */
export interface Secrets {
  /** The secret access key of a key id. It is derived, never stored: anybody who has the master key can derive it again. */
  secretFor(keyId: string): string;
  /** In constant time. */
  isSecretFor(keyId: string, secret: string): boolean;
  /** In constant time. */
  isOperatorToken(token: string): boolean;
  /**
   * Names the operator's token without telling it: with another token it is another one. Whoever has a mark cannot try tokens
   * with it: that takes the master key, of `generation`.
   */
  operatorMark(generation: number): string;
  /** In constant time. */
  isOperatorMark(mark: string): Promise<boolean>;
  /**
   * Signs tokens (Ed25519). It is derived too, so that all gateways of one directory accept each other's tokens. `generation`: from 1.
   * `masterGeneration`: that of the master key; left out: the first.
   */
  signingKey(generation: number, masterGeneration?: number): SigningKey;
  /** The secret of an MFA device, of the length of SHA-1 (RFC 4226 recommends it). */
  mfaSecret(seedId: string): Buffer;
  /** The generations of the master key. What is derived from one that is not known is a secret that nobody has. */
  readonly masterKeys: MasterKeys;
  /** The operator token if this start created it, to be shown once; otherwise null. */
  readonly newOperatorToken: string | null;
  /** Of a start that was refused: removes what this start has created. */
  abandon(): Promise<void>;
}

/**
 * Reads the secrets of the data folder, which the first start creates. `operatorToken` (from the settings) replaces the
 * one in the folder. Throws if a file exists and is not one of ours.
 */
export async function createSecrets(options: {
  readonly dataDir: string;
  readonly operatorToken?: string | null;
  /** Null: `master.key` in the data folder. */
  readonly masterKeyFile?: string | null;
}): Promise<Secrets> {
  const { dataDir, operatorToken = null, masterKeyFile = null } = options;
  // Everything that is there is looked at before anything is created: a start that is refused leaves no new key.
  const kept = operatorToken === null ? await readKeyFile(dataDir, OPERATOR_TOKEN_FILE) : null;
  if (kept !== null) checkTokenFile(join(dataDir, OPERATOR_TOKEN_FILE), kept);
  const masterKeys = await MasterKeys.read({ dataDir, masterKeyFile });
  const token =
    operatorToken === null
      ? await readOrMakeKeyFile(dataDir, OPERATOR_TOKEN_FILE, () => randomBytes(KEY_BYTES).toString('base64url'))
      : { text: operatorToken, made: false };
  return secretsOf(masterKeys, token, dataDir);
}

function checkTokenFile(path: string, token: string): void {
  if (token.length >= MIN_OPERATOR_TOKEN_LENGTH) return;
  const holds = token === '' ? 'is empty' : `holds a token of ${token.length} characters`;
  const needed = `an operator token has at least ${MIN_OPERATOR_TOKEN_LENGTH}`;
  throw new Error(`${path} ${holds}; ${needed}: delete it, and the next start creates a new one`);
}

function secretsOf(
  masterKeys: MasterKeys,
  { text: operatorToken, made: tokenIsNew }: KeyFile,
  dataDir: string,
): Secrets {
  const derive = (generation: number, purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', masterKeys.keyOf(generation), '', `rolegate ${purpose}`, bytes));
  const secretFor = (keyId: string): string =>
    derive(generationOf(keyId), `secret-access-key ${keyId}`, SECRET_ACCESS_KEY_BYTES).toString('base64');
  const signingKeys = new Map<string, SigningKey>();
  // Deriving a secret costs more than most decisions. Only digests are kept.
  const digests = new LRUCache<string, Buffer>({ max: MOST_DIGESTS });
  const digestFor = (keyId: string): Buffer => {
    const known = digests.get(keyId);
    if (known !== undefined) return known;
    const made = digest(secretFor(keyId));
    if (masterKeys.has(generationOf(keyId))) digests.set(keyId, made);
    return made;
  };
  const operatorDigest = digest(operatorToken);
  const operatorMark = (generation: number): string => {
    const key = derive(generation, 'operator-mark', KEY_BYTES);
    return `${generation}.${createHmac('sha256', key).update(operatorToken).digest('base64url')}`;
  };
  return {
    secretFor,
    isSecretFor: (keyId, secret) => timingSafeEqual(digest(secret), digestFor(keyId)),
    isOperatorToken: (candidate) => timingSafeEqual(digest(candidate), operatorDigest),
    operatorMark,
    isOperatorMark: async (mark) => {
      const generation = Number(/^(\d{1,4})\./.exec(mark)?.[1] ?? 1);
      await masterKeys.hold(generation);
      return masterKeys.has(generation) && timingSafeEqual(digest(mark), digest(operatorMark(generation)));
    },
    signingKey: (generation, masterGeneration = 1) => {
      const name = `${masterGeneration} ${generation}`;
      const known = signingKeys.get(name);
      if (known !== undefined) return known;
      const made = signingKeyOf(derive(masterGeneration, `session-token-signing-key ${generation}`, KEY_BYTES));
      if (masterKeys.has(masterGeneration)) signingKeys.set(name, made);
      return made;
    },
    mfaSecret: (seedId) => derive(generationOf(seedId), `mfa-device ${seedId}`, MFA_SECRET_BYTES),
    masterKeys,
    newOperatorToken: tokenIsNew ? operatorToken : null,
    abandon: async () => {
      if (tokenIsNew) await removeKeyFile(dataDir, OPERATOR_TOKEN_FILE, operatorToken);
      await masterKeys.abandon();
    },
  };
}

function signingKeyOf(seed: Buffer): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  // The members and their order of RFC 7638: https://www.rfc-editor.org/rfc/rfc8037#appendix-A.3
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  return {
    privateKey,
    publicKey,
    jwk: { kty: String(kty), crv: String(crv), x: String(x), kid, alg: 'EdDSA', use: 'sig' },
  };
}

/** Makes texts of any length comparable in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
