import type { Exchange } from './exchange.ts';

/** Whether pages of an origin may ask this gateway, as the operator's setting says. */
export type IsAllowedOrigin = (origin: string | null) => boolean;

export const NO_ORIGIN: IsAllowedOrigin = () => false;

/** `origins`: as browsers write them. */
export function allowedOrigins(origins: readonly string[]): IsAllowedOrigin {
  if (origins.length === 0) return NO_ORIGIN;
  const allowed = new Set(origins);
  return (origin) => origin !== null && allowed.has(origin);
}

/** What a page may send, beside what browsers let it send anyway. */
const HEADERS = 'authorization, content-type, x-request-id, graphql-require-preflight, x-graphql-yoga-csrf';
/** What a page may read of an answer, beside what browsers let it read anyway. */
const EXPOSED = 'x-request-id, retry-after, www-authenticate';
/** Seconds for which a browser need not ask again. */
const MAX_AGE = '600';

/**
 * Lets pages of allowed origins send requests and read the answers. Never with credentials of the browser's own: what
 * `access-control-allow-credentials` would say is left out, so a browser neither sends its cookie nor keeps one. Whether the
 * request was a preflight, and is answered by this.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function allowCrossOrigin(
  isAllowed: IsAllowedOrigin,
  { request, response, requestId }: Pick<Exchange, 'request' | 'response' | 'requestId'>,
): boolean {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (origin === undefined || !isAllowed(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  if (request.method !== 'OPTIONS' || method === undefined) {
    response.setHeader('access-control-expose-headers', EXPOSED);
    return false;
  }
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', HEADERS);
  response.setHeader('access-control-max-age', MAX_AGE);
  response.writeHead(204, { 'x-request-id': requestId });
  response.end();
  return true;
}
