import type { Client } from './client.ts';
import type { Refusal } from './graphql-error.ts';
import type { RequestHead } from './request-head.ts';

/**
 * Refuses a request without an Authorization header if the browser says that a page of another origin makes it. It does so
 * whether or not there is a cookie, so that no page can sign a browser in as somebody either. Null: it may be answered.
 *
 * The content type (forms cannot send one that is read here) and the header that a GET must carry protect as well. The
 * cookie's SameSite=Strict alone would let in other ports and sub-domains of the host.
 *
 * The host is the one that the request names. A page whose own name points to this gateway (DNS rebinding) is then of the
 * same origin, but the browser sends the cookie only to the name that it signed in under, so that such a page is
 * anonymous. https://www.w3.org/TR/fetch-metadata/ · https://www.rfc-editor.org/rfc/rfc6454#section-7
 */
export function refuseForeign(head: RequestHead, client: Client): Refusal | null {
  const site = head.header('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    return refusal('the browser says that a page of another site makes this request');
  }
  const origin = head.header('origin');
  if (origin === null || isOwnOrigin(origin, client)) return null;
  return refusal(
    'its `origin` is not the `host` that it is sent to (a proxy in between has to pass the host on: see ROLEGATE_TRUSTED_PROXIES)',
  );
}

function refusal(reason: string): Refusal {
  return { status: 403, code: 'FORBIDDEN', message: `requests of other sites are not answered: ${reason}` };
}

/** Whether it is the origin of the gateway's own pages. */
export function isOwnOrigin(origin: string | null, { host, secure }: Client): boolean {
  // The opaque origin `null` is not a URL.
  if (origin === null || host === null || !URL.canParse(origin)) return false;
  const { protocol, host: itsHost, origin: canonical } = new URL(origin);
  if (canonical !== origin.toLowerCase() || (protocol !== 'http:' && protocol !== 'https:')) return false;
  // Over TLS, a page without TLS is an attacker on the network. The reverse is TLS that ends at a proxy that is not configured.
  if (secure && protocol !== 'https:') return false;
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === itsHost;
}
