import type { GuardContext, GuardServices } from '../guard/context.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';
import type { Sessions } from '../session/sessions.ts';

/** What the schema stands on; the same for all requests. */
export interface GatewayServices extends GuardServices {
  readonly sessions: Sessions;
}

/** What is true of one HTTP request. */
export interface RequestFacts {
  /** Names the request in logs and errors. */
  readonly requestId: string;
  readonly caller: Caller;
  /** Milliseconds since 1970, taken once: everything in the request is decided at this instant. */
  readonly now: number;
  /** Where the request comes from, as the server sees it. */
  readonly origin: CallOrigin;
  readonly signInCookie: SignInCookie;
}

/** What the answer tells the calling browser to do with its cookie. */
export interface SignInCookie {
  /** `expiresAt`: milliseconds since 1970. */
  keep(token: string, expiresAt: number): void;
  forget(): void;
}

/** What every resolver may use: one for each operation. */
export interface GatewayContext extends GatewayServices, RequestFacts, GuardContext {
  /**
   * The HTTP request, as an identity only: by it, the operations of a batched request find what they share. Headers were
   * read before.
   */
  readonly request: object;
}

/** The context of one operation of `request`. */
export function createContext(services: GatewayServices, facts: RequestFacts, request: object): GatewayContext {
  const { access, sessions, directory, catalog } = services;
  const { requestId, caller, now, origin, signInCookie } = facts;
  return { access, sessions, directory, catalog, requestId, caller, now, origin, signInCookie, request };
}
