import { parseRange } from '../../policy/compare/ip.ts';

const WORD = 16n;

/** Addresses that nobody has, for documentation: https://datatracker.ietf.org/doc/html/rfc5737, rfc3849. */
const ORDINARY = ['192.0.2.1', '2001:db8::1'];

/**
 * Addresses of every set that the ranges divide all addresses into: where a set begins, a range begins or the one before it has
 * ended.
 */
export function addressesAround(ranges: readonly string[]): readonly string[] {
  const found = new Set(ORDINARY);
  for (const text of ranges) {
    const range = parseRange(text);
    if (range === null) continue;
    const bits = BigInt(range.words.length) * WORD;
    const size = 1n << (bits - BigInt(range.prefix));
    const value = range.words.reduce((sum, word) => (sum << WORD) | BigInt(word), 0n);
    const first = value - (value % size);
    found.add(printed(first, range.words.length));
    const next = first + size;
    if (next < 1n << bits) found.add(printed(next, range.words.length));
  }
  return [...found, '0.0.0.0', '::'];
}

function printed(address: bigint, words: number): string {
  const list = Array.from({ length: words }, (_, i) => Number((address >> (BigInt(words - 1 - i) * WORD)) & 0xffffn));
  if (words > 2) return list.map((word) => word.toString(16)).join(':');
  return list.flatMap((word) => [word >>> 8, word & 0xff]).join('.');
}
