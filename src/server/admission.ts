import { StoreUnavailable } from '../directory/store-unavailable.ts';
import type { RequestFacts } from '../graphql/context.ts';
import { throttledAnswer } from '../graphql/throttled.ts';
import { type Allowance, type CallerLimiter, UNLIMITED } from '../guard/caller-limits.ts';
import { Throttled } from '../guard/throttled.ts';
import type { Caller } from '../session/caller.ts';
import type { Admitted, Authenticate } from './authenticate.ts';
import { clientOf } from './client.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './graphql-error.ts';
import { originOf } from './origin.ts';
import { headOfMessage, type RequestHead } from './request-head.ts';
import { type CookieTarget, signInCookieOf } from './sign-in-cookie.ts';

/** Facts about a request before its body is read, or a Refusal if it will not be read. Cookies are set on `response`. */
export type Admit = (
  head: RequestHead,
  request: Pick<RequestFacts, 'requestId' | 'now' | 'work'>,
  response: CookieTarget,
) => RequestFacts | Refusal | Promise<RequestFacts | Refusal>;

/** The one place where requests of GraphQL, AuthZEN and the operator's commands are admitted; AWS's door has its own. */
export function admitWith(
  authenticate: Authenticate,
  isTrustedProxy: (address: string) => boolean,
  limiter: CallerLimiter,
): Admit {
  return (head, { requestId, now, work }, response) => {
    const client = clientOf(head, isTrustedProxy);
    const factsOf = (admitted: Admitted | Refusal): RequestFacts | Refusal => {
      if ('status' in admitted) return admitted;
      const { caller } = admitted;
      const allowance = allowed(limiter, caller, client.address);
      if ('status' in allowance) return allowance;
      if (allowance !== UNLIMITED) endWith(response, allowance);
      const signInCookie = signInCookieOf(response, { head, client, now });
      if (admitted.staleCookie) signInCookie.forget();
      return { requestId, caller, now, origin: originOf(client, head, requestId), signInCookie, allowance, work };
    };
    const admitted = authenticate(head, client, now);
    return admitted instanceof Promise ? admitted.then(factsOf) : factsOf(admitted);
  };
}

/** The caller of a request that was admitted, as its credentials say now; null: they say nobody any more. */
export function callerAgainWith(
  authenticate: Authenticate,
  isTrustedProxy: (address: string) => boolean,
): (exchange: Exchange, now: number) => Promise<Caller | null> {
  return async ({ request }, now) => {
    const head = headOfMessage(request);
    const admitted = await authenticate(head, clientOf(head, isTrustedProxy), now);
    if (!('status' in admitted)) return admitted.caller;
    if (admitted.status === 503) throw new StoreUnavailable(admitted.code, admitted.message);
    return null;
  };
}

/** Ends the allowance when the request is answered, or its client has gone. */
function endWith(response: CookieTarget, allowance: Allowance): void {
  if (response.once === undefined) allowance.end();
  else response.once('close', () => allowance.end());
}

function allowed(limiter: CallerLimiter, caller: Caller, address: string | null): Allowance | Refusal {
  try {
    return limiter.admit(caller, address);
  } catch (error) {
    if (error instanceof Throttled) return throttledAnswer(error);
    throw error;
  }
}
