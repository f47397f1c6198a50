import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from '../directory/addresses.ts';

/** An address and how many of its bits count. */
type Network = [Address, number];

/** An IPv4 address in an IPv6 one: ::ffff:0:0/96. */
const MAPPED_BITS = 96;

/** An address or a network in CIDR notation; null: the text is neither. */
function parseNetwork(text: string): Network | null {
  const [base = '', bits, ...rest] = text.split('/');
  if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  const address = parseAddress(base);
  if (address === null) return null;
  const isMapped = address instanceof ipaddr.IPv4 && base.includes(':');
  const longest = address instanceof ipaddr.IPv4 ? 32 : 128;
  const length = bits === undefined ? longest : Number(bits) - (isMapped ? MAPPED_BITS : 0);
  return length >= 0 && length <= longest ? [address, length] : null;
}

/** Whether the text is an address or a network. `/0` is refused, because it contains everybody. */
export function isNetwork(text: string): boolean {
  const network = parseNetwork(text);
  return network !== null && network[1] > 0;
}

/** Whether an address is in one of the networks. Throws on a text that `isNetwork` refuses. */
export function inNetworks(texts: readonly string[]): (address: string) => boolean {
  const networks = texts.map((text) => {
    const network = parseNetwork(text);
    if (network === null) throw new Error(`no network: ${text}`);
    return network;
  });
  return (text) => {
    if (networks.length === 0) return false;
    const address = parseAddress(text);
    return (
      address !== null && networks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
    );
  };
}
