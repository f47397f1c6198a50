import { parse, serialize } from 'cookie';
import type { SignInCookie } from '../graphql/context.ts';

/**
 * Behind TLS with the prefix that makes browsers take the cookie from this very host alone, over TLS alone: a page of a
 * sub-domain, or somebody on the wire, could otherwise plant a sign-in of its own.
 * https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-__host-prefix
 */
function nameOf(secure: boolean): string {
  return secure ? '__Host-rolegate-sign-in' : 'rolegate-sign-in';
}

/** The token in the Cookie header of a browser that is signed in; null: there is none. `secure`: it came over TLS. */
export function signInTokenOf(cookies: string | null, secure: boolean): string | null {
  const token = cookies === null ? undefined : parse(cookies)[nameOf(secure)];
  return token === undefined || token === '' ? null : token;
}

/** What headers are set on. */
export interface CookieTarget {
  setHeader(name: string, value: string): unknown;
}

/** The sign-in cookie as a header of an answer that is given at `now`, milliseconds since 1970. */
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
      // What counts: the browser's clock need not be right.
      maxAge: Math.max(0, Math.floor((expiresAt - now) / 1000)),
    });
    response.setHeader('set-cookie', cookie);
  };
  return {
    keep: set,
    forget: () => set('', 0),
  };
}
