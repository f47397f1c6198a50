import { randomBytes } from 'node:crypto';

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/**
 * Ids of rows that have no name of their own: UUIDs of version 7, each greater than the one before, so that the database adds many
 * of them at one place of its index. https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export class RowIds {
  readonly #time: string;
  readonly #random = randomBytes(6).toString('hex');
  #count = 0;

  constructor(now = Date.now()) {
    const time = hex(now, 12);
    this.#time = `${time.slice(0, 8)}-${time.slice(8)}`;
  }

  /** At most 2^24 of them. */
  next(): string {
    const count = this.#count++;
    return `${this.#time}-7${hex(count >> 12, 3)}-8${hex(count & 0xfff, 3)}-${this.#random}`;
  }
}
