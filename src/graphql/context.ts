import { Work } from '../access/work.ts';
import type { Allowance } from '../guard/caller-limits.ts';
import type { GuardContext, GuardServices } from '../guard/context.ts';
import type { Live } from '../guard/live/live.ts';
import type { UnderstandDetails, UnderstandFiles } from '../importing/given-files.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';
import type { Sessions } from '../session/sessions.ts';

/** The services that the schema uses; the same for all requests. */
export interface GatewayServices extends GuardServices {
  readonly sessions: Sessions;
  /** What the files of an import say. */
  readonly understandFiles: UnderstandFiles;
  /** What an export of IAM's entities says; left out: read in this thread. */
  readonly understandDetails?: UnderstandDetails | undefined;
}

/** Facts about one HTTP request. */
export interface RequestFacts {
  /** Identifies the request in logs and errors. */
  readonly requestId: string;
  readonly caller: Caller;
  /** Milliseconds since 1970, read once: everything in the request is decided at this instant. */
  readonly now: number;
  /** Where the request comes from, as the server sees it. */
  readonly origin: CallOrigin;
  readonly signInCookie: SignInCookie;
  /** What its caller may still ask for. Left out: without limits. */
  readonly allowance?: Allowance;
  /** The work of the HTTP request. Left out: each operation is one of its own. */
  readonly work?: Work | undefined;
}

/** Instructions in the answer for the browser's cookie. */
export interface SignInCookie {
  /** `expiresAt`: milliseconds since 1970. */
  keep(token: string, expiresAt: number): void;
  forget(): void;
  /** Whether a page of another origin asks, in which no browser is signed in. Left out: none does. */
  readonly isForeign?: boolean;
}

/** The context for every resolver; there is one for each operation. */
export interface GatewayContext extends GatewayServices, RequestFacts, GuardContext {
  /**
   * Identifies the HTTP request: the operations of a batched request find their shared state by this object. Its headers
   * were read before.
   */
  readonly request: object;
  readonly work: Work;
  /** The subscription that it is a part of; left out: it is a part of none. */
  readonly live?: Live;
}

/** The context of one operation of `request`. */
export function createContext(services: GatewayServices, facts: RequestFacts, request: object): GatewayContext {
  const { access, sessions, directory, catalog, watch, understandFiles, understandDetails } = services;
  const { requestId, caller, now, origin, signInCookie, allowance, work = new Work() } = facts;
  return {
    access: access.during(work),
    sessions,
    directory,
    catalog,
    watch,
    understandFiles,
    understandDetails,
    requestId,
    caller,
    now,
    origin,
    signInCookie,
    ...(allowance !== undefined && { allowance }),
    request,
    work,
  };
}
