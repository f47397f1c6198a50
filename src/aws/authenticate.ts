import { randomUUID } from 'node:crypto';
import type { KeyGuard } from '../guard/key-guard.ts';
import type { PrincipalCaller } from '../session/caller.ts';
import { AuthenticationError } from '../session/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import { signatureOf } from './signing/signature.ts';
import type { SignedRequest } from './signing/signed-request.ts';
import type { SigningKeys } from './signing/signing-keys.ts';
import { checkScope, isSignedWith, payloadHashOf } from './signing/verify.ts';
import type { ServiceName } from './wire/shapes.ts';

/** What signatures are verified with; the same for all requests. */
export interface SignatureServices {
  readonly sessions: Pick<Sessions, 'authenticateSigned'>;
  readonly keyGuard: KeyGuard;
  readonly signingKeys: SigningKeys;
}

/** Seconds that a presigned request is valid at most, whatever it says. */
const MOST_PRESIGNED_SECONDS = 900;

/**
 * The caller of a request, by its signature (SigV4). Throws AuthenticationError with AWS's code and sentence, and Throttled
 * where an address guesses. `source`: the client's address. `now`: milliseconds since 1970.
 */
export async function callerOf(
  { sessions, keyGuard, signingKeys }: SignatureServices,
  request: SignedRequest,
  { service, source, now }: { readonly service: ServiceName; readonly source: string | null; readonly now: number },
): Promise<PrincipalCaller> {
  const signature = signatureOf(request);
  if (signature === null) throw new AuthenticationError('MissingAuthenticationToken');
  const { keyId, sessionToken, expiresIn } = signature;
  if (signature.place === 'query' && request.method !== 'GET') {
    throw new AuthenticationError('IncompleteSignature', { message: PRESIGNED_BY_GET });
  }
  const payloadHash = payloadHashOf(request);
  checkScope(request, signature, { service, payloadHash, now });
  if (expiresIn !== null && signature.signedAt + MOST_PRESIGNED_SECONDS * 1000 < now) {
    throw new AuthenticationError('SignatureDoesNotMatch', { message: TOO_OLD });
  }
  // Every request is an attempt of its own, also with the same signature: it could be of another request each time. What was
  // right from this address before is the key.
  const proof = { source, keyId, text: randomUUID(), remembered: `signed by ${keyId}` };
  const signed = {
    keyId,
    sessionToken,
    isSignedWith: (secret: () => string) =>
      signingKeys.prove(signature, secret, (key) => isSignedWith(key, request, signature, payloadHash)),
  };
  try {
    return await keyGuard.prove(proof, now, () => sessions.authenticateSigned(signed, now));
  } catch (error) {
    if (!(error instanceof AuthenticationError) || error.code !== 'SignatureDoesNotMatch') throw error;
    throw new AuthenticationError('SignatureDoesNotMatch', { message: NOT_MATCHING, cause: error });
  }
}

const TOO_OLD = `Signature expired: this gateway accepts presigned requests for ${MOST_PRESIGNED_SECONDS / 60} minutes`;
const PRESIGNED_BY_GET = 'Presigned requests are GET requests: other requests are signed in the Authorization header';
const NOT_MATCHING =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
