import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { AuthenticationError } from '../../session/errors.ts';
import { type CanonicalOptions, canonicalRequest } from './canonical-request.ts';
import { ALGORITHM, type Signature } from './signature.ts';
import { headerOf, type SignedRequest } from './signed-request.ts';

/** Milliseconds by which the clocks of client and gateway may differ. */
const CLOCK_TOLERANCE = 5 * 60_000;

/** SHA-256 of the body, in hexadecimal digits. */
export function payloadHashOf({ body }: Pick<SignedRequest, 'body'>): string {
  return hash('sha256', body, 'hex');
}

/**
 * Checks everything about a signature that needs no secret: its date, service and instant, and the hash of the body where
 * one was sent. Throws AuthenticationError with AWS's sentences. `now`: milliseconds since 1970.
 */
export function checkScope(
  request: SignedRequest,
  signature: Signature,
  { service, payloadHash, now }: { readonly service: string; readonly payloadHash: string; readonly now: number },
): void {
  const { date, stamp, service: scoped } = signature;
  if (stamp.slice(0, 8) !== date) {
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${stamp.slice(0, 8)}', from '${stamp}'.`,
    );
  }
  if (scoped !== service) throw mismatch(`Credential should be scoped to correct service: '${service}'.`);
  checkClock(signature, now);
  const sent = headerOf(request, 'x-amz-content-sha256');
  if (sent !== null && sent !== payloadHash) throw mismatch(WRONG_HASH);
}

function checkClock({ stamp, signedAt, expiresIn }: Signature, now: number): void {
  const [soonest, latest] = [now - CLOCK_TOLERANCE, now + CLOCK_TOLERANCE];
  if (signedAt > latest) {
    throw mismatch(
      `Signature not yet current: ${stamp} is still later than ${stampOf(latest)} (${stampOf(now)} + 5 min.)`,
    );
  }
  if (expiresIn === null && signedAt < soonest) {
    throw mismatch(`Signature expired: ${stamp} is now earlier than ${stampOf(soonest)} (${stampOf(now)} - 5 min.)`);
  }
  if (expiresIn !== null && signedAt + expiresIn * 1000 < now) {
    const earliest = stampOf(now - expiresIn * 1000);
    throw mismatch(`Signature expired: ${stamp} is now earlier than ${earliest} (${stampOf(now)} - ${expiresIn} s.)`);
  }
}

const WRONG_HASH =
  'The hash of the body is not that of the header x-amz-content-sha256. Bodies that are not signed are for other services.';

/** The key that a secret signs with, on one day in one Region for one service. */
export function signingKeyOf(secret: string, { date, region, service }: Signature): Buffer {
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of [date, region, service, 'aws4_request']) key = hmac(key, part);
  return Buffer.from(key);
}

/** Whether the request was signed with this key. In constant time; `checkScope` comes before. */
export function isSignedWith(
  signingKey: Buffer,
  request: SignedRequest,
  { place, date, region, service, signedHeaders, stamp, signature }: Signature,
  payloadHash: string,
  options?: CanonicalOptions,
): boolean {
  const leftOut = place === 'query' ? 'X-Amz-Signature' : null;
  const canonical = canonicalRequest(request, signedHeaders, payloadHash, leftOut, options);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [ALGORITHM, stamp, scope, hash('sha256', canonical, 'hex')].join('\n');
  return timingSafeEqual(Buffer.from(signature, 'hex'), hmac(signingKey, toSign));
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function mismatch(message: string): AuthenticationError {
  return new AuthenticationError('SignatureDoesNotMatch', { message });
}

function stampOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}
