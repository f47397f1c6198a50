import { parse, serialize } from 'cookie';
import type { SignInCookie } from '../graphql/context.ts';

/**
 * Behind TLS it has the prefix that makes browsers accept the cookie only from this host and only over TLS. Otherwise a page
 * of a sub-domain, or an attacker on the network, could plant a sign-in of its own.
 * https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-__host-prefix
 */
function nameOf(secure: boolean): string {
  return secure ? '__Host-rolegate-sign-in' : 'rolegate-sign-in';
}

/** The token in the Cookie header of a signed-in browser; null: there is none. `secure`: the request came over TLS. */
export function signInTokenOf(cookies: string | null, secure: boolean): string | null {
  const token = cookies === null ? undefined : parse(cookies)[nameOf(secure)];
  return token === undefined || token === '' ? null : token;
}

/** The response that headers are set on. */
export interface CookieTarget {
  setHeader(name: string, value: string): unknown;
  /** Left out: nobody is told when it is answered, or its client has gone. */
  once?(event: 'close', listener: () => void): unknown;
}

/** The sign-in cookie as a header of an answer at `now`, milliseconds since 1970. */
export function signInCookieOf(
  response: CookieTarget,
  { secure, now }: { readonly secure: boolean; readonly now: number },
): SignInCookie {
  const set = (value: string, expiresAt: number): void => {
    const cookie = serialize(nameOf(secure), value, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure,
      expires: new Date(expiresAt),
      // Max-Age counts, because the browser's clock may be wrong.
      maxAge: Math.max(0, Math.floor((expiresAt - now) / 1000)),
    });
    response.setHeader('set-cookie', cookie);
  };
  return {
    keep: set,
    forget: () => set('', 0),
  };
}
