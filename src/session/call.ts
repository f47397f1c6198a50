import { LRUCache } from 'lru-cache';
import { storable } from '../directory/storable.ts';
import type { ContextValue, RequestContext } from '../evaluation/request.ts';
import type { Caller } from './caller.ts';

/** Where a call comes from, as the server sees it. Null: not known. */
export interface CallOrigin {
  readonly requestId: string | null;
  /** aws:SourceIp. */
  readonly sourceIp: string | null;
  /** aws:UserAgent. */
  readonly userAgent: string | null;
  /** aws:SecureTransport. */
  readonly secureTransport: boolean | null;
  /** Further condition keys of the call, by name in lower case. Never taken from what the caller says about itself. */
  readonly context: RequestContext;
}

/** One call: its caller, origin and time. */
export interface Call {
  readonly caller: Caller;
  readonly origin: CallOrigin;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Longest text about the origin. */
const MAX_CHARACTERS = 2_048;

/** An origin of which nothing is known. */
export const UNKNOWN_ORIGIN: CallOrigin = {
  requestId: null,
  sourceIp: null,
  userAgent: null,
  secureTransport: null,
  context: new Map(),
};

/** A call; parts of its origin that are left out are not known. */
export function aCall(caller: Caller, now: number, origin: Partial<CallOrigin> = {}): Call {
  const { sourceIp = null, userAgent = null } = origin;
  const texts = { sourceIp: bounded(sourceIp), userAgent: bounded(userAgent) };
  return { caller, now, origin: { ...UNKNOWN_ORIGIN, ...origin, ...texts } };
}

/** What a client says about itself must not fill the directory. */
function bounded(text: string | null): string | null {
  return text === null ? null : storable(text.slice(0, MAX_CHARACTERS));
}

/** Keys of origins without further ones: the requests of one client have the same, and what is known of them stays known. */
const known = new LRUCache<string, RequestContext>({ max: 1_000 });

/** The condition keys that follow from the origin. */
export function originContext(origin: CallOrigin): RequestContext {
  const { sourceIp, userAgent, secureTransport, context } = origin;
  if (context.size > 0 || (userAgent ?? '').length > MAX_CHARACTERS) return keysOf(origin);
  const name = JSON.stringify([sourceIp, userAgent, secureTransport]);
  const keys = known.get(name) ?? keysOf(origin);
  known.set(name, keys);
  return keys;
}

function keysOf({ sourceIp, userAgent, secureTransport, context }: CallOrigin): RequestContext {
  const keys = new Map<string, ContextValue>(context);
  if (sourceIp !== null) keys.set('aws:sourceip', sourceIp);
  if (userAgent !== null) keys.set('aws:useragent', userAgent);
  if (secureTransport !== null) keys.set('aws:securetransport', String(secureTransport));
  return keys;
}
