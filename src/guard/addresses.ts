import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Dotted decimal alone: ipaddr.js reads also `0x7f.1`, `017700000001` and `127.1`. */
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
/** What one subscriber has of IPv6 is a network, not an address: https://www.rfc-editor.org/rfc/rfc6177 */
const IPV6_SUBSCRIBER_BYTES = 8;

/** Longest text of an address: an IPv6 address with an IPv4 one at its end, and a zone. */
const MAX_CHARACTERS = 64;

/** Null: the text is no address. IPv4 in IPv6 becomes IPv4. */
export function parseAddress(text: string): Address | null {
  if (text.length > MAX_CHARACTERS) return null;
  if (!(text.includes(':') ? ipaddr.IPv6.isValid(text) : IPV4.test(text) && ipaddr.IPv4.isValidFourPartDecimal(text))) {
    return null;
  }
  const address = ipaddr.process(text);
  // The zone (fe80::1%eth0) means something on this machine only.
  return address instanceof ipaddr.IPv6 ? new ipaddr.IPv6(address.parts) : address;
}

/** One spelling of an address, as condition keys and logs have it; null: the text is none. IPv4 in IPv6 becomes IPv4. */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : shown(address);
}

function shown(address: Address): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/** Who has the address: itself, or the /64 that an IPv6 subscriber can choose its addresses from. */
export function subscriberOf(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseAddress(address);
  if (!(parsed instanceof ipaddr.IPv6)) return address;
  const bytes = parsed.toByteArray().fill(0, IPV6_SUBSCRIBER_BYTES);
  return `${shown(new ipaddr.IPv6(bytes))}/64`;
}
