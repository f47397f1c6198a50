import type { Directory } from '../directory/directory.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import type { Caller } from './caller.ts';
import { AuthenticationError } from './errors.ts';
import type { Secrets } from './secrets.ts';
import { verifySessionToken } from './session-token.ts';

const SCHEME = /^(basic|bearer) +([^\s]+) *$/i;
/** Temporary keys (ASIA…) count only with their session token. */
const LONG_TERM_KEY_ID = /^AKIA[A-Z0-9]{12,124}$/;
/** Longer headers are not looked at. */
const MAX_HEADER_CHARACTERS = 8192;

/**
 * Who calls, by the value of the Authorization header (null: there is none). At most one look-up in the directory.
 * Throws AuthenticationError with AWS's code; never repeats what was sent.
 */
export async function authenticate(
  directory: Directory,
  secrets: Secrets,
  authorization: string | null,
  now: number,
): Promise<Caller> {
  if (authorization === null) return { kind: 'anonymous' };
  const [, scheme, credentials] =
    authorization.length > MAX_HEADER_CHARACTERS ? [] : (SCHEME.exec(authorization) ?? []);
  if (scheme === undefined || credentials === undefined) throw new AuthenticationError('IncompleteSignature');
  if (scheme.toLowerCase() === 'basic') return byAccessKey(directory, secrets, credentials);
  if (secrets.isOperatorToken(credentials)) return { kind: 'operator' };
  return bySessionToken(directory, secrets, credentials, now);
}

async function byAccessKey(directory: Directory, secrets: Secrets, credentials: string): Promise<Caller> {
  const [, keyId, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
  if (keyId === undefined || secret === undefined) throw new AuthenticationError('IncompleteSignature');
  const key = LONG_TERM_KEY_ID.test(keyId) ? await directory.keys.find(keyId) : null;
  // One answer for a key that is not there and one that was switched off.
  if (key === null || !key.active) throw new AuthenticationError('InvalidClientTokenId');
  if (!secrets.isSecretFor(keyId, secret)) throw new AuthenticationError('SignatureDoesNotMatch');
  const { owner } = key;
  const ref: PrincipalRef =
    owner.kind === 'service' ? { kind: 'service', service: owner.service } : storedPrincipal(owner.arn);
  return { kind: 'principal', ref, keyId, session: null };
}

async function bySessionToken(directory: Directory, secrets: Secrets, token: string, now: number): Promise<Caller> {
  const session = await directory.sessions.find(await verifySessionToken(token, secrets, now));
  // A session goes with its role: it is gone when the role was deleted.
  if (session === null) throw new AuthenticationError('InvalidClientTokenId');
  if (session.endedAt !== null || session.expiresAt <= now) throw new AuthenticationError('ExpiredToken');
  return { kind: 'principal', ref: storedPrincipal(session.arn), keyId: session.accessKeyId, session };
}

/** A principal that the directory names. */
export function storedPrincipal(text: string): PrincipalRef {
  const ref = parsePrincipalRef(text);
  if (ref === null) throw new Error(`the directory names a principal that is none: ${text}`);
  return ref;
}
