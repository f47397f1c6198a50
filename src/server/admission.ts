import type { RequestFacts } from '../graphql/context.ts';
import type { Authenticate } from './authenticate.ts';
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
) => Promise<RequestFacts | Refusal>;

export function admitWith(authenticate: Authenticate, isTrustedProxy: (address: string) => boolean): Admit {
  return async (head, { requestId, now, work }, response) => {
    const client = clientOf(head, isTrustedProxy);
    const admitted = await authenticate(head, client, now);
    if ('status' in admitted) return admitted;
    const signInCookie = signInCookieOf(response, { secure: client.secure, now });
    if (admitted.staleCookie) signInCookie.forget();
    const origin = originOf(client, head, requestId);
    return { requestId, caller: admitted.caller, now, origin, signInCookie, ...(work !== undefined && { work }) };
  };
}
