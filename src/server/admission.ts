import type { RequestFacts } from '../graphql/context.ts';
import { throttledAnswer } from '../graphql/throttled.ts';
import type { Allowance, CallerLimiter } from '../guard/caller-limits.ts';
import { Throttled } from '../guard/throttled.ts';
import type { Caller } from '../session/caller.ts';
import type { Authenticate } from './authenticate.ts';
import { clientOf } from './client.ts';
import type { Refusal } from './graphql-error.ts';
import { originOf } from './origin.ts';
import type { RequestHead } from './request-head.ts';
import { type CookieTarget, signInCookieOf } from './sign-in-cookie.ts';

/** Facts about a request before its body is read, or a Refusal if it will not be read. Cookies are set on `response`. */
export type Admit = (
  head: RequestHead,
  request: Pick<RequestFacts, 'requestId' | 'now'>,
  response: CookieTarget,
) => Promise<RequestFacts | Refusal>;

/** The one place where requests of GraphQL, AuthZEN and the operator's commands are admitted; AWS's door has its own. */
export function admitWith(
  authenticate: Authenticate,
  isTrustedProxy: (address: string) => boolean,
  limiter: CallerLimiter,
): Admit {
  return async (head, { requestId, now }, response) => {
    const client = clientOf(head, isTrustedProxy);
    const admitted = await authenticate(head, client, now);
    if ('status' in admitted) return admitted;
    const allowance = allowed(limiter, admitted.caller, client.address);
    if ('status' in allowance) return allowance;
    if (response.once === undefined) allowance.end();
    else response.once('close', () => allowance.end());
    const signInCookie = signInCookieOf(response, { secure: client.secure, now });
    if (admitted.staleCookie) signInCookie.forget();
    const { caller } = admitted;
    return { requestId, caller, now, origin: originOf(client, head, requestId), signInCookie, allowance };
  };
}

function allowed(limiter: CallerLimiter, caller: Caller, address: string | null): Allowance | Refusal {
  try {
    return limiter.admit(caller, address);
  } catch (error) {
    if (error instanceof Throttled) return throttledAnswer(error);
    throw error;
  }
}
