import { createHash, randomBytes } from 'node:crypto';

/** Begins the token of every checker, so that scanners for secrets can find one: `rgc_` and 43 characters of base64url. */
const PREFIX = 'rgc_';
const TOKEN = /^rgc_[\w-]{43}$/;
const TOKEN_BYTES = 32;

/** A new token. Shown once: only its hash is stored. */
export function newCheckerToken(): { readonly token: string; readonly tokenHash: string } {
  const token = PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, tokenHash: hashOf(token) };
}

/** Whether a bearer token can only be that of a checker, valid or not. */
export function isCheckerToken(text: string): boolean {
  return text.startsWith(PREFIX);
}

/**
 * The hash under which the token of a checker is found; null: no checker has such a token. A token is 256 random bits, so
 * that neither a slow hash nor a look-up in constant time would protect it better.
 */
export function hashOfCheckerToken(token: string): string | null {
  return TOKEN.test(token) ? hashOf(token) : null;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
