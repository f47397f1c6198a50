import { errors, jwtVerify, SignJWT } from 'jose';
import type { RoleSessionRecord } from '../directory/session-store.ts';
import { AuthenticationError } from './errors.ts';
import type { Secrets } from './secrets.ts';

const ALGORITHM = 'EdDSA';
/** Explicit typing, so that no other token of ours can pass for one: https://www.rfc-editor.org/rfc/rfc8725#section-3.11 */
const TYPE = 'rolegate-session+jwt';
const ISSUER = 'rolegate';
const AUDIENCE = 'rolegate';
/** Longer ones are not looked at. */
const MAX_TOKEN_CHARACTERS = 4096;

type TokenSecrets = Pick<Secrets, 'signingKey' | 'verificationKey' | 'publicJwk'>;

/** The session token of a role session: who it is and until when, signed; everything else is looked up. */
export function signSessionToken(
  session: Pick<RoleSessionRecord, 'id' | 'arn' | 'issuedAt' | 'expiresAt'>,
  secrets: TokenSecrets,
): Promise<string> {
  const { kid } = secrets.publicJwk;
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(session.arn)
    .setJti(session.id)
    .setIssuedAt(session.issuedAt / 1000)
    .setExpirationTime(session.expiresAt / 1000)
    .sign(secrets.signingKey);
}

/** The id of the session that `token` is of. Throws AuthenticationError: ExpiredToken, or InvalidClientTokenId for all else. */
export async function verifySessionToken(token: string, secrets: TokenSecrets, now: number): Promise<string> {
  if (token.length > MAX_TOKEN_CHARACTERS) throw new AuthenticationError('InvalidClientTokenId');
  try {
    const { payload } = await jwtVerify(token, secrets.verificationKey, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      currentDate: new Date(now),
    });
    // `requiredClaims` has seen to it that it is there, not to its type.
    if (typeof payload.jti !== 'string') throw new AuthenticationError('InvalidClientTokenId');
    return payload.jti;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new AuthenticationError('ExpiredToken', { cause: error });
    if (error instanceof errors.JOSEError) throw new AuthenticationError('InvalidClientTokenId', { cause: error });
    throw error;
  }
}
