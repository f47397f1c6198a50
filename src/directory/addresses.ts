import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Only dotted decimal: ipaddr.js also reads `0x7f.1`, `017700000001` and `127.1`. */
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
/** An IPv6 subscriber gets a network, not a single address: https://www.rfc-editor.org/rfc/rfc6177 */
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
  // The zone (fe80::1%eth0) has a meaning only on this machine.
  return address instanceof ipaddr.IPv6 ? new ipaddr.IPv6(address.parts) : address;
}

/**
 * The canonical spelling of an address, as in condition keys and logs; null: the text is no address. IPv4 in IPv6 becomes
 * IPv4.
 */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : shown(address);
}

function shown(address: Address): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/**
 * The subscriber of an address: the address itself for IPv4; for IPv6 the /64 from which the subscriber can choose
 * addresses.
 */
export function subscriberOf(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseAddress(address);
  if (!(parsed instanceof ipaddr.IPv6)) return address;
  const bytes = parsed.toByteArray().fill(0, IPV6_SUBSCRIBER_BYTES);
  return `${shown(new ipaddr.IPv6(bytes))}/64`;
}
