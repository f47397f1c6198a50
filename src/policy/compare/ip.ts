/** A range of addresses: those whose first `prefix` bits are those of `words`. */
export interface AddressRange {
  /** 2 words of 16 bits for IPv4, 8 for IPv6. */
  readonly words: readonly number[];
  /** In bits. */
  readonly prefix: number;
}

const WORD = 16;

/**
 * `203.0.113.0/24`, `2001:db8::/32`, or one address, which is a range of one. Null for anything else.
 * https://datatracker.ietf.org/doc/html/rfc4632
 */
export function parseRange(text: string): AddressRange | null {
  const slash = text.indexOf('/');
  const words = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (words === null) return null;
  const bits = words.length * WORD;
  if (slash < 0) return { words, prefix: bits };
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length)) return null;
  const prefix = Number(length);
  return prefix > bits ? null : { words, prefix };
}

/** Whether all of `given` lies in `range`. An IPv4 address lies in no IPv6 range, nor the other way. */
export function rangeHolds(given: AddressRange, range: AddressRange): boolean {
  if (given.words.length !== range.words.length || given.prefix < range.prefix) return false;
  let bits = range.prefix;
  for (let i = 0; bits > 0; i += 1, bits -= WORD) {
    const different = (given.words[i] ?? 0) ^ (range.words[i] ?? 0);
    if (bits >= WORD ? different !== 0 : different >>> (WORD - bits) !== 0) return false;
  }
  return true;
}

function parseAddress(text: string): readonly number[] | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Letter by letter: one such address comes with nearly every request. */
function parseIpv4(text: string): readonly number[] | null {
  let high = 0;
  let low = 0;
  let byte = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i <= text.length; i += 1) {
    const code = i < text.length ? text.charCodeAt(i) : DOT;
    if (code === DOT) {
      if (digits === 0 || byte > 255) return null;
      high = ((high << 8) | (low >>> 8)) & 0xffff;
      low = ((low << 8) | byte) & 0xffff;
      dots += 1;
      byte = 0;
      digits = 0;
    } else {
      digits += 1;
      if (code < ZERO || code > NINE || digits > 3) return null;
      byte = byte * 10 + code - ZERO;
    }
  }
  return dots === 4 ? [high, low] : null;
}

const DOT = 46;
const ZERO = 48;
const NINE = 57;

function parseIpv6(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const front = parseWords(halves[0] ?? '', halves.length === 1);
  const back = halves.length === 2 ? parseWords(halves[1] ?? '', true) : [];
  if (front === null || back === null) return null;
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return [...front, ...Array<number>(missing).fill(0), ...back];
}

/** Groups of up to four hexadecimal digits; the last may be an IPv4 address where `atEnd`. */
function parseWords(text: string, atEnd: boolean): readonly number[] | null {
  if (text === '') return [];
  const words: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      words.push(Number.parseInt(group, 16));
      continue;
    }
    const ipv4 = atEnd && i === groups.length - 1 ? parseIpv4(group) : null;
    if (ipv4 === null) return null;
    words.push(...ipv4);
  }
  return words;
}
