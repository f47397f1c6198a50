import { parse, serialize } from 'cookie';
import type { SignInCookie } from '../graphql/context.ts';
import type { Client } from './client.ts';
import type { RequestHead } from './request-head.ts';
import { isOwnOrigin } from './same-origin.ts';

/** What the name of the cookie depends on. */
export type CookiePlace = Pick<Client, 'secure' | 'host'>;

/**
 * Behind TLS it has the prefix that makes browsers accept the cookie only from this host and only over TLS. Otherwise a page
 * of a sub-domain, or an attacker on the network, could plant a sign-in of its own.
 * https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-__host-prefix
 *
 * Browsers keep one set of cookies for all ports of a host: a gateway on another port would replace the sign-in of this one, if
 * the name were the same. https://www.rfc-editor.org/rfc/rfc6265#section-8.5
 */
function nameOf({ secure, host }: CookiePlace): string {
  const port = /:(\d{1,5})$/.exec(host ?? '')?.[1];
  return `${secure ? '__Host-' : ''}rolegate-sign-in${port === undefined ? '' : `-${port}`}`;
}

/** The token in the Cookie header of a browser that signed in at this place; null: there is none. */
export function signInTokenOf(cookies: string | null, place: CookiePlace): string | null {
  const token = cookies === null ? undefined : parse(cookies)[nameOf(place)];
  return token === undefined || token === '' ? null : token;
}

/** The response that headers are set on. */
export interface CookieTarget {
  setHeader(name: string, value: string): unknown;
  /** Left out: nobody is told when it is answered, or its client has gone. */
  once?(event: 'close', listener: () => void): unknown;
}

/**
 * The sign-in cookie as a header of an answer to `head` at `now`, milliseconds since 1970. A page of another origin gets none: it
 * may ask with its own credentials, not change who the browser is here.
 */
export function signInCookieOf(
  response: CookieTarget,
  { head, client, now }: { readonly head: RequestHead; readonly client: Client; readonly now: number },
): SignInCookie {
  return new AnswersCookie(response, head, client, now);
}

/** A class, not closures: every request has one, and hardly any uses it. */
class AnswersCookie implements SignInCookie {
  readonly #response: CookieTarget;
  readonly #head: RequestHead;
  readonly #place: Client;
  readonly #now: number;

  constructor(response: CookieTarget, head: RequestHead, place: Client, now: number) {
    this.#response = response;
    this.#head = head;
    this.#place = place;
    this.#now = now;
  }

  get isForeign(): boolean {
    const origin = this.#head.header('origin');
    return origin !== null && !isOwnOrigin(origin, this.#place);
  }

  forget(): void {
    this.keep('', 0);
  }

  keep(value: string, expiresAt: number): void {
    if (this.isForeign) return;
    const cookie = serialize(nameOf(this.#place), value, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: this.#place.secure,
      expires: new Date(expiresAt),
      // Max-Age counts, because the browser's clock may be wrong.
      maxAge: Math.max(0, Math.floor((expiresAt - this.#now) / 1000)),
    });
    this.#response.setHeader('set-cookie', cookie);
  }
}
