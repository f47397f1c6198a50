import { StoreUnavailable } from '../directory/store-unavailable.ts';
import { throttledAnswer } from '../graphql/throttled.ts';
import type { KeyGuard, Proof } from '../guard/key-guard.ts';
import { Throttled } from '../guard/throttled.ts';
import type { Caller } from '../session/caller.ts';
import { AuthenticationError } from '../session/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Client } from './client.ts';
import { ConnectionProofs } from './connection-proofs.ts';
import { type IsAllowedOrigin, NO_ORIGIN } from './cross-origin.ts';
import type { Refusal } from './graphql-error.ts';
import type { RequestHead } from './request-head.ts';
import { isOwnOrigin, refuseForeign } from './same-origin.ts';
import { signInTokenOf } from './sign-in-cookie.ts';

/** The caller, and whether the browser's cookie is no longer valid. */
export interface Admitted {
  readonly caller: Caller;
  readonly staleCookie: boolean;
}

/** Finds the caller of a request, or a Refusal if the credentials are wrong or the request may not be answered. */
export type Authenticate = (
  head: RequestHead,
  client: Client,
  now: number,
) => Admitted | Refusal | Promise<Admitted | Refusal>;

/**
 * Authenticates by the Authorization header, otherwise by a browser's cookie. An empty header counts as none: GraphiQL
 * sends one before credentials are pasted. Pages of the allowed origins authenticate by bearer tokens alone.
 */
export function authenticateWith(
  sessions: Pick<Sessions, 'prove' | 'authenticateSignIn'>,
  guard: KeyGuard,
  isAllowedOrigin: IsAllowedOrigin = NO_ORIGIN,
): Authenticate {
  const proofs = new ConnectionProofs();
  const byHeader = async (authorization: string, head: RequestHead, client: Client, now: number): Promise<Admitted> => {
    // No page can make a browser send this header to another origin, unless the operator allows it: a preflight request would
    // come first, and is refused.
    const look = () => sessions.prove(authorization, now);
    const proven = await (isSigned(authorization) ? look() : guard.prove(proofOf(authorization, client), now, look));
    proofs.keep(head, client, authorization, proven);
    return { caller: proven.caller, staleCookie: false };
  };
  const byCookie = (head: RequestHead, client: Client, now: number): Admitted | Refusal | Promise<Admitted> => {
    // It is nobody's, whatever cookie comes with it.
    if (isOfAllowed(head, client)) return NOBODY;
    const foreign = refuseForeign(head, client);
    if (foreign !== null) return foreign;
    const token = signInTokenOf(head.header('cookie'), client);
    return token === null ? NOBODY : bySignIn(sessions, token, now);
  };
  const isOfAllowed = (head: RequestHead, client: Client): boolean => {
    const origin = head.header('origin');
    return isAllowedOrigin(origin) && !isOwnOrigin(origin, client);
  };
  return (head, client, now) => {
    const authorization = head.header('authorization') ?? '';
    if (authorization === '') {
      const admitted = byCookie(head, client, now);
      return admitted instanceof Promise ? admitted.catch(refused) : admitted;
    }
    if (!isBearer(authorization) && isOfAllowed(head, client)) return BEARER_ALONE;
    const known = proofs.find(head, client, authorization)?.again(now) ?? null;
    if (known === null) return byHeader(authorization, head, client, now).catch(refused);
    if (!(known instanceof Promise)) return { caller: known, staleCookie: false };
    // What is no longer right is proved anew: the guard counts it, and its error is the answer.
    return known
      .catch(nullIfWrong)
      .then((caller) => (caller === null ? byHeader(authorization, head, client, now) : { caller, staleCookie: false }))
      .catch(refused);
  };
}

function nullIfWrong(error: unknown): null {
  if (error instanceof AuthenticationError) return null;
  throw error;
}

function refused(error: unknown): Refusal {
  const refusal = refusalOf(error);
  if (refusal === null) throw error;
  return refusal;
}

const NOBODY: Admitted = { caller: { kind: 'anonymous' }, staleCookie: false };

/** A page that holds a lasting key gives it to whoever finds a way into the page. */
const BEARER_ALONE: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message:
    'pages of other origins authenticate with a bearer token, not with an access key: sign in elsewhere, and hand a session over',
};

function isBearer(authorization: string): boolean {
  return /^bearer /i.test(authorization);
}

/** The browser sends the cookie by itself: an expired one must not prevent a new sign-in. */
async function bySignIn(sessions: Pick<Sessions, 'authenticateSignIn'>, token: string, now: number): Promise<Admitted> {
  try {
    return { caller: await sessions.authenticateSignIn(token, now), staleCookie: false };
  } catch (error) {
    if (error instanceof AuthenticationError) return { ...NOBODY, staleCookie: true };
    throw error;
  }
}

/**
 * A signed token, which nobody can guess. If guesses by others have paused a shared address, role sessions from it
 * continue.
 */
function isSigned(authorization: string): boolean {
  return /^bearer +eyJ[\w-]+\.[\w-]+\.[\w-]+ *$/i.test(authorization);
}

/** For HTTP Basic, with the key id that it names. */
function proofOf(authorization: string, { address }: Client): Proof {
  const basic = /^basic +(\S+) *$/i.exec(authorization)?.[1];
  const keyId = basic === undefined ? undefined : /^([^:]*):/.exec(Buffer.from(basic, 'base64').toString('utf8'))?.[1];
  return { source: address, keyId: keyId ?? null, text: authorization };
}

/** Null: an unexpected error. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Throttled) return throttledAnswer(error);
  if (error instanceof AuthenticationError) {
    return {
      status: 401,
      code: 'UNAUTHENTICATED',
      message: error.message,
      extensions: { awsCode: error.code },
      // Only Bearer, although Basic is accepted too: a browser that reads `Basic` opens a password window.
      headers: { 'www-authenticate': 'Bearer realm="rolegate", error="invalid_token"' },
    };
  }
  if (error instanceof StoreUnavailable) {
    return { status: 503, code: error.code, message: error.message, headers: { 'retry-after': '1' } };
  }
  return null;
}
