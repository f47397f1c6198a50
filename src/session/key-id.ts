import { randomBytes, randomUUID } from 'node:crypto';

/** Base32 of RFC 4648: what AWS's ids are written in. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const RANDOM_CHARACTERS = 16;
/**
 * Begins the mark of a generation, behind the prefix. No id without a mark has it there: it is not in the alphabet, while
 * AWS's clients take every letter and digit.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
 */
const MARK = '9';
const MARKED = /^(?:AKIA|ASIA|MFA-)9([A-Z2-7])([A-Z2-7])/;
/** Generations with a mark: 2 and on. */
const FIRST_MARKED = 2;

/** The last generation of the master key that ids can name. */
export const LAST_GENERATION = FIRST_MARKED + ALPHABET.length ** 2 - 1;

/** The three characters that name a generation of the master key in ids; null: ids of the first one have none. */
export function markOf(generation: number): string | null {
  if (generation < FIRST_MARKED) return null;
  const number = generation - FIRST_MARKED;
  return MARK + ALPHABET.charAt(Math.floor(number / ALPHABET.length)) + ALPHABET.charAt(number % ALPHABET.length);
}

/** The generation of the master key that the secret of an id is derived from. It follows from the id alone. */
export function generationOf(id: string): number {
  const [, high, low] = MARKED.exec(id) ?? [];
  if (high === undefined || low === undefined) return 1;
  return FIRST_MARKED + ALPHABET.indexOf(high) * ALPHABET.length + ALPHABET.indexOf(low);
}

/**
 * A new access key id of 20 characters: AKIA… is long-term, ASIA… temporary. 80 random bits in the first generation of the
 * master key, 65 in others.
 */
export function newKeyId(prefix: 'AKIA' | 'ASIA', generation: number): string {
  const mark = markOf(generation) ?? '';
  // 256 is a multiple of 32, so that every character is equally likely.
  const characters = [...randomBytes(RANDOM_CHARACTERS - mark.length)].map((byte) =>
    ALPHABET.charAt(byte % ALPHABET.length),
  );
  return prefix + mark + characters.join('');
}

/** What the secret of a new MFA device is derived from. */
export function newSeedId(generation: number): string {
  const mark = markOf(generation);
  return mark === null ? randomUUID() : `MFA-${mark}-${randomUUID()}`;
}
