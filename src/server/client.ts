import { canonicalAddress } from '../guard/addresses.ts';
import type { RequestHead } from './request-head.ts';

/** Who is at the far end of a request, as far as it is not the client alone who says so. */
export interface Client {
  /** Null: not known. */
  readonly address: string | null;
  /** Whether the client speaks TLS, with the gateway or with a trusted proxy. */
  readonly secure: boolean;
  /** The host and port that the client has in its address bar; null: it did not say. */
  readonly host: string | null;
}

/**
 * Who is asking. X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host count only when the connection comes from a
 * trusted proxy, since anybody can send them: of the addresses, the last one that no trusted proxy has. One that is not
 * readable makes the address unknown: taken for the proxy's own it could satisfy a condition on the inner network.
 */
export function clientOf(head: RequestHead, isTrusted: (address: string) => boolean): Client {
  const peer = head.remoteAddress === null ? null : canonicalAddress(head.remoteAddress);
  const host = head.header('host');
  if (peer === null || !isTrusted(peer)) return { address: peer, secure: head.encrypted, host };
  return {
    address: forwardedAddress(peer, valuesOf(head.header('x-forwarded-for')), isTrusted),
    secure: head.encrypted || isSecure(valuesOf(head.header('x-forwarded-proto'))),
    host: valuesOf(head.header('x-forwarded-host'))[0] ?? host,
  };
}

function valuesOf(list: string | null): readonly string[] {
  return list === null ? [] : list.split(',').map((value) => value.trim());
}

/** From the nearest to the farthest, as long as those who say so are trusted. */
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

/** Some proxies write the port too: 192.0.2.1:4711, [2001:db8::1]:4711. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
}

/** All hops: a proxy that adds to what the client has sent must not let it say `https` first. */
function isSecure(protocols: readonly string[]): boolean {
  return protocols.length > 0 && protocols.every((protocol) => protocol.toLowerCase() === 'https');
}
