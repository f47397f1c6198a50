import type { KeyGuard } from '../guard/key-guard.ts';
import type { Caller } from '../session/caller.ts';
import { AuthenticationError } from '../session/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import { signatureOf } from './signing/signature.ts';
import type { SignedRequest } from './signing/signed-request.ts';
import { checkScope, isSignedWith } from './signing/verify.ts';
import type { ServiceName } from './wire/shapes.ts';

/** Seconds that a presigned request is valid at most, whatever it says. */
const MOST_PRESIGNED_SECONDS = 900;

/**
 * The caller of a request, by its signature (SigV4). Throws AuthenticationError with AWS's code and sentence, and Throttled
 * where an address guesses. `source`: the client's address. `now`: milliseconds since 1970.
 */
export async function callerOf(
  sessions: Pick<Sessions, 'authenticateSigned'>,
  guard: KeyGuard,
  request: SignedRequest,
  { service, source, now }: { readonly service: ServiceName; readonly source: string | null; readonly now: number },
): Promise<Caller> {
  const signature = signatureOf(request);
  if (signature === null) throw new AuthenticationError('MissingAuthenticationToken');
  const { keyId, sessionToken, expiresIn } = signature;
  checkScope(request, signature, service, now);
  if (expiresIn !== null && signature.signedAt + MOST_PRESIGNED_SECONDS * 1000 < now) {
    throw new AuthenticationError('SignatureDoesNotMatch', { message: TOO_OLD });
  }
  // Every request has another signature: what was right from this address before is the key, not the text.
  const proof = { source, keyId, text: `${keyId} ${signature.signature}`, remembered: `signed by ${keyId}` };
  return guard.prove(proof, now, () =>
    sessions.authenticateSigned(
      { keyId, sessionToken, isSignedWith: (secret) => isSignedWith(secret, request, signature) },
      now,
    ),
  );
}

const TOO_OLD = `Signature expired: this gateway accepts presigned requests for ${MOST_PRESIGNED_SECONDS / 60} minutes`;
