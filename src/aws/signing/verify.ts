import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AuthenticationError } from '../../session/errors.ts';
import { type CanonicalOptions, canonicalRequest } from './canonical-request.ts';
import { ALGORITHM, type Signature } from './signature.ts';
import { headerOf, type SignedRequest } from './signed-request.ts';

/** Milliseconds by which the clocks of client and gateway may differ. */
const CLOCK_TOLERANCE = 5 * 60_000;

/**
 * Checks everything about a signature that needs no secret: its date, service and instant, and the hash of the body where
 * one was sent. Throws AuthenticationError with AWS's sentences. `now`: milliseconds since 1970.
 */
export function checkScope(request: SignedRequest, signature: Signature, service: string, now: number): void {
  const { date, stamp, service: scoped, signedAt, expiresIn } = signature;
  if (stamp.slice(0, 8) !== date) {
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${stamp.slice(0, 8)}', from '${stamp}'.`,
    );
  }
  if (scoped !== service) throw mismatch(`Credential should be scoped to correct service: '${service}'.`);
  if (signedAt > now + CLOCK_TOLERANCE) {
    throw mismatch(`Signature not yet current: ${stamp} is still later than ${later(now)} (${stampOf(now)} + 5 min.)`);
  }
  if (expiresIn === null && signedAt < now - CLOCK_TOLERANCE) {
    throw mismatch(`Signature expired: ${stamp} is now earlier than ${earlier(now)} (${stampOf(now)} - 5 min.)`);
  }
  if (expiresIn !== null && signedAt + expiresIn * 1000 < now) {
    throw mismatch(
      `Signature expired: ${stamp} is now earlier than ${stampOf(now - expiresIn * 1000)} (${stampOf(now)} - ${expiresIn} s.)`,
    );
  }
  const sent = headerOf(request, 'x-amz-content-sha256');
  if (sent !== null && sent !== sha256(request.body)) throw mismatch(WRONG_HASH);
}

const WRONG_HASH =
  'The hash of the body is not that of the header x-amz-content-sha256. Bodies that are not signed are for other services.';

/** Whether the request was signed with this secret. In constant time; `checkScope` comes before. */
export function isSignedWith(
  secret: string,
  request: SignedRequest,
  { place, date, region, service, signedHeaders, stamp, signature }: Signature,
  options?: CanonicalOptions,
): boolean {
  const leftOut = place === 'query' ? 'X-Amz-Signature' : null;
  const canonical = canonicalRequest(request, signedHeaders, sha256(request.body), leftOut, options);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [ALGORITHM, stamp, scope, sha256(canonical)].join('\n');
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of [date, region, service, 'aws4_request', toSign]) key = hmac(key, part);
  return timingSafeEqual(Buffer.from(signature, 'hex'), Buffer.from(key));
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function mismatch(message: string): AuthenticationError {
  return new AuthenticationError('SignatureDoesNotMatch', { message });
}

function stampOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

const later = (now: number): string => stampOf(now + CLOCK_TOLERANCE);
const earlier = (now: number): string => stampOf(now - CLOCK_TOLERANCE);
