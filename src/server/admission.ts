import type { RequestFacts } from '../graphql/context.ts';
import type { Admitted, Authenticate } from './authenticate.ts';
import { clientOf } from './client.ts';
import type { Refusal } from './graphql-error.ts';
import { originOf } from './origin.ts';
import type { RequestHead } from './request-head.ts';
import { type CookieTarget, signInCookieOf } from './sign-in-cookie.ts';

/** Facts about a request before its body is read, or a Refusal if it will not be read. Cookies are set on `response`. */
export type Admit = (
  head: RequestHead,
  request: Pick<RequestFacts, 'requestId' | 'now' | 'work'>,
  response: CookieTarget,
) => RequestFacts | Refusal | Promise<RequestFacts | Refusal>;

export function admitWith(authenticate: Authenticate, isTrustedProxy: (address: string) => boolean): Admit {
  return (head, { requestId, now, work }, response) => {
    const client = clientOf(head, isTrustedProxy);
    const factsOf = (admitted: Admitted | Refusal): RequestFacts | Refusal => {
      if ('status' in admitted) return admitted;
      const signInCookie = signInCookieOf(response, client, now);
      if (admitted.staleCookie) signInCookie.forget();
      return { requestId, caller: admitted.caller, now, origin: originOf(client, head, requestId), signInCookie, work };
    };
    const admitted = authenticate(head, client, now);
    return admitted instanceof Promise ? admitted.then(factsOf) : factsOf(admitted);
  };
}
