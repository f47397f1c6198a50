import { LRUCache } from 'lru-cache';
import { canonicalAddress } from '../directory/addresses.ts';
import type { RequestHead } from './request-head.ts';

/** The client of a request, as known from the connection and trusted proxies, not from the client's own claims. */
export interface Client {
  /** Null: not known. */
  readonly address: string | null;
  /** Whether the client uses TLS, to the gateway or to a trusted proxy. */
  readonly secure: boolean;
  /** The host and port that the client addressed; null: not sent. */
  readonly host: string | null;
  /** Whether a trusted proxy has passed the request on. */
  readonly throughProxy: boolean;
}

/**
 * The client of a request. X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host count only if the connection comes from
 * a trusted proxy, because anybody can send them. The client's address is the last one that belongs to no trusted proxy. An
 * unreadable one makes the address unknown: taken for the proxy's own, it could satisfy a condition on the inner network.
 */
export function clientOf(head: RequestHead, isTrusted: (address: string) => boolean): Client {
  const peer = head.remoteAddress === null ? null : peerOf(head.remoteAddress);
  const host = head.header('host');
  if (peer === null || !isTrusted(peer)) return { address: peer, secure: head.encrypted, host, throughProxy: false };
  return {
    address: forwardedAddress(peer, valuesOf(head.header('x-forwarded-for')), isTrusted),
    secure: head.encrypted || isSecure(valuesOf(head.header('x-forwarded-proto'))),
    host: valuesOf(head.header('x-forwarded-host'))[0] ?? host,
    throughProxy: true,
  };
}

/** Canonical spellings of the addresses of connections: the same ones come again and again. */
const peers = new LRUCache<string, string>({ max: 1_000 });

function peerOf(remoteAddress: string): string | null {
  const known = peers.get(remoteAddress);
  if (known !== undefined) return known;
  const address = canonicalAddress(remoteAddress);
  if (address !== null) peers.set(remoteAddress, address);
  return address;
}

function valuesOf(list: string | null): readonly string[] {
  return list === null ? [] : list.split(',').map((value) => value.trim());
}

/** Addresses from the nearest to the farthest, as long as their reporters are trusted. */
function forwardedAddress(
  peer: string,
  forwarded: readonly string[],
  isTrusted: (address: string) => boolean,
): string | null {
  let address = peer;
  for (const text of forwarded.toReversed()) {
    const next = canonicalAddress(withoutPort(text));
    if (next === null) return null;
    address = next;
    if (!isTrusted(next)) break;
  }
  return address;
}

/** Some proxies add the port: 192.0.2.1:4711, [2001:db8::1]:4711. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
}

/** All hops must say it: a proxy that appends to the client's header must not let the client claim `https` first. */
function isSecure(protocols: readonly string[]): boolean {
  return protocols.length > 0 && protocols.every((protocol) => protocol.toLowerCase() === 'https');
}
