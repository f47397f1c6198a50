import { createHash, randomUUID } from 'node:crypto';

/** Draws what is in new ids. They are no secrets. */
export interface Draw {
  /** A number from 0, below `bound`, which is at most a million. */
  below(bound: number): number;
  /** Hexadecimal digits, at most 64. */
  hex(length: number): string;
}

/** Of what is drawn for the id of a new entity of IAM. */
export const SALT_DIGITS = 32;

/** Bytes of a drawn number: so many that one is as likely as another. */
const NUMBER_BYTES = 6;

/** The same seed draws the same, in the same order. Left out: nobody knows what. */
export function drawFrom(seed: string = randomUUID()): Draw {
  let drawn = 0;
  const next = (): Buffer => createHash('sha256').update(`${seed}#${drawn++}`).digest();
  return {
    below: (bound) => next().readUIntBE(0, NUMBER_BYTES) % bound,
    hex: (length) => next().toString('hex').slice(0, length),
  };
}
