const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Base64 text without its padding, one text for the same bytes; null for anything else.
 * https://datatracker.ietf.org/doc/html/rfc4648#section-3.5
 */
export function parseBinary(text: string): string | null {
  if (!BASE64.test(text)) return null;
  const digits = text.replace(/=+$/, '');
  const last = digits.length % 4;
  // One digit left over is six bits: no byte.
  if (last === 1) return null;
  if (last === 0) return digits;
  // Two digits left over are one byte, three are two: four or two bits of the last are of no byte.
  const unused = last === 2 ? 0b1111 : 0b11;
  return digits.slice(0, -1) + DIGITS.charAt(DIGITS.indexOf(digits.slice(-1)) & ~unused);
}
