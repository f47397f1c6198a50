import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { RolegateError } from '../policy/errors.ts';

/** A text that only a passphrase opens. */
export interface WrappedKey {
  readonly kdf: 'scrypt';
  /** Of scrypt (RFC 7914). */
  readonly N: number;
  readonly r: number;
  readonly p: number;
  /** Base64, as what follows. */
  readonly salt: string;
  readonly cipher: 'aes-256-gcm';
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

/**
 * 128 MiB and about half a second for each try. Others are not read: they could be chosen to fill the memory.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
const COST = { N: 131_072, r: 8, p: 1 } as const;
const KDF = 'scrypt';
const CIPHER = 'aes-256-gcm';
/** What the text is for: a wrapped text of another purpose is not taken. */
const PURPOSE = Buffer.from('rolegate master key in a backup');
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const IV_BYTES = 12;

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

function keyFrom(passphrase: string, salt: Buffer): Promise<Buffer> {
  return derive(passphrase.normalize('NFKC'), salt, KEY_BYTES, { ...COST, maxmem: 256 * 1_048_576 });
}

export async function wrapKey(text: string, passphrase: string): Promise<WrappedKey> {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, await keyFrom(passphrase, salt), iv);
  cipher.setAAD(PURPOSE);
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
  const base64 = (bytes: Buffer): string => bytes.toString('base64');
  return {
    kdf: KDF,
    ...COST,
    salt: base64(salt),
    cipher: CIPHER,
    iv: base64(iv),
    tag: base64(cipher.getAuthTag()),
    data,
  };
}

/** The text of what `wrapKey` has made. Throws BAD_PASSPHRASE. */
export async function unwrapKey(wrapped: unknown, passphrase: string): Promise<string> {
  const { salt, iv, tag, data } = read(wrapped);
  const decipher = createDecipheriv(CIPHER, await keyFrom(passphrase, salt), iv);
  decipher.setAAD(PURPOSE);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
  } catch {
    throw new RolegateError('BAD_PASSPHRASE', 'the passphrase is not the one that the keys were wrapped with');
  }
}

function read(value: unknown): Readonly<Record<'salt' | 'iv' | 'tag' | 'data', Buffer>> {
  const given: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const bytes = (name: string): Buffer => Buffer.from(String(given[name]), 'base64');
  const read = { salt: bytes('salt'), iv: bytes('iv'), tag: bytes('tag'), data: bytes('data') };
  const isOurs = given['kdf'] === KDF && given['cipher'] === CIPHER;
  const isOurCost = given['N'] === COST.N && given['r'] === COST.r && given['p'] === COST.p;
  if (isOurs && isOurCost && read.iv.length === IV_BYTES && read.tag.length === 16) return read;
  throw new RolegateError('BACKUP_DAMAGED', 'the wrapped keys are not in the form that this version reads');
}
