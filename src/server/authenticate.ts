import { throttledAnswer } from '../graphql/throttled.ts';
import type { KeyGuard, Proof } from '../guard/key-guard.ts';
import { Throttled } from '../guard/throttled.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Caller } from '../session/caller.ts';
import { AuthenticationError } from '../session/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Client } from './client.ts';
import type { Refusal } from './graphql-error.ts';
import type { RequestHead } from './request-head.ts';
import { refuseForeign } from './same-origin.ts';
import { signInTokenOf } from './sign-in-cookie.ts';

/** Who asks, and whether the browser has a cookie that is good for nothing any more. */
export interface Admitted {
  readonly caller: Caller;
  readonly staleCookie: boolean;
}

/** Says who sends a request; a Refusal when it speaks for nobody, or may not be answered. */
export type Authenticate = (head: RequestHead, client: Client, now: number) => Promise<Admitted | Refusal>;

/**
 * Sign-in by the Authorization header, else by a browser's cookie. An empty header is none: that is what GraphiQL sends
 * before somebody has pasted credentials.
 */
export function authenticateWith(
  sessions: Pick<Sessions, 'authenticate' | 'authenticateSignIn'>,
  guard: KeyGuard,
): Authenticate {
  const authenticate: Authenticate = async (head, client, now) => {
    const authorization = head.header('authorization') ?? '';
    if (authorization !== '') {
      // No page can make a browser send this header elsewhere: it would have to ask first, and is told nothing.
      const look = () => sessions.authenticate(authorization, now);
      const caller = await (isSigned(authorization) ? look() : guard.prove(proofOf(authorization, client), now, look));
      return { caller, staleCookie: false };
    }
    const foreign = refuseForeign(head, client);
    if (foreign !== null) return foreign;
    const token = signInTokenOf(head.header('cookie'), client.secure);
    return token === null ? NOBODY : bySignIn(sessions, token, now);
  };
  return async (head, client, now) => {
    try {
      return await authenticate(head, client, now);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return refusal;
    }
  };
}

const NOBODY: Admitted = { caller: { kind: 'anonymous' }, staleCookie: false };

/** A cookie is sent by the browser, not by who uses it: one that has expired must not stand in the way of signing in. */
async function bySignIn(sessions: Pick<Sessions, 'authenticateSignIn'>, token: string, now: number): Promise<Admitted> {
  try {
    return { caller: await sessions.authenticateSignIn(token, now), staleCookie: false };
  } catch (error) {
    if (error instanceof AuthenticationError) return { ...NOBODY, staleCookie: true };
    throw error;
  }
}

/**
 * A signed token, which nobody guesses. Where somebody else's guesses have made their common address pause, the role
 * sessions that are assumed meanwhile go on.
 */
function isSigned(authorization: string): boolean {
  return /^bearer +eyJ[\w-]+\.[\w-]+\.[\w-]+ *$/i.test(authorization);
}

/** Of HTTP Basic, the key id that it names. */
function proofOf(authorization: string, { address }: Client): Proof {
  const basic = /^basic +(\S+) *$/i.exec(authorization)?.[1];
  const keyId = basic === undefined ? undefined : /^([^:]*):/.exec(Buffer.from(basic, 'base64').toString('utf8'))?.[1];
  return { source: address, keyId: keyId ?? null, text: authorization };
}

/** Null: not foreseen. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Throttled) return throttledAnswer(error);
  if (error instanceof AuthenticationError) {
    return {
      status: 401,
      code: 'UNAUTHENTICATED',
      message: error.message,
      extensions: { awsCode: error.code },
      // Bearer alone, though Basic is taken too: a browser that reads `Basic` asks for a password in a window of its own.
      headers: { 'www-authenticate': 'Bearer realm="rolegate", error="invalid_token"' },
    };
  }
  if (error instanceof RolegateError && error.code === 'DIRECTORY_UNAVAILABLE') {
    return { status: 503, code: error.code, message: error.message, headers: { 'retry-after': '1' } };
  }
  return null;
}
