import { randomBytes } from 'node:crypto';

/** Base32 of RFC 4648: what AWS's ids are written in. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const RANDOM_CHARACTERS = 16;

/** A new access key id: AKIA… is long-term, ASIA… temporary. 80 random bits. */
export function newKeyId(prefix: 'AKIA' | 'ASIA'): string {
  // 256 is a multiple of 32, so that every character is equally likely.
  const characters = [...randomBytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return prefix + characters.join('');
}
