import { StoreUnavailable } from '../directory/store-unavailable.ts';
import type { Sessions } from '../session/sessions.ts';
import { refuseUnread } from './body.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import type { Exchange } from './exchange.ts';

/** Path of the keys with which others verify session tokens. */
export const JWKS_PATH = '/.well-known/jwks.json';

/** Seconds for which the keys may be cached: a verifier may accept a key for this long after it was retired at once. */
export const JWKS_MAX_AGE = 300;

/** GET and HEAD of the public keys (RFC 7517, section 5), for anybody. */
export async function serveJwks(jwks: Sessions['jwks'], exchange: Exchange): Promise<void> {
  const { request, response, requestId, now } = exchange;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const message = `${JWKS_PATH} is read with GET`;
    const headers = { allow: 'GET, HEAD' };
    refuseUnread(request, response, { status: 405, code: 'BAD_REQUEST', message, headers }, requestId);
    return;
  }
  const keys = await keysAt(jwks, now);
  if (keys instanceof StoreUnavailable) {
    const headers = { 'retry-after': '1' };
    const refusal = { status: 503, code: keys.code, message: keys.message, headers };
    refuseUnread(request, response, refusal, requestId);
    return;
  }
  const body = Buffer.from(JSON.stringify(keys));
  const etag = entityTag(body);
  const headers = {
    etag,
    'cache-control': `public, max-age=${JWKS_MAX_AGE}`,
    'x-content-type-options': 'nosniff',
    // Public keys: pages that verify tokens read them, too.
    'access-control-allow-origin': '*',
  };
  if (isKnown(request.headers['if-none-match'], [etag])) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': 'application/json', 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The keys, or the reason why they cannot be read now. */
async function keysAt(jwks: Sessions['jwks'], now: number): Promise<object | StoreUnavailable> {
  try {
    return await jwks(now);
  } catch (error) {
    if (error instanceof StoreUnavailable) return error;
    throw error;
  }
}
