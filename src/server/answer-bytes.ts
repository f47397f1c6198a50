import type { ServerResponse } from 'node:http';
import { putPieces } from './json-pieces.ts';

/** Bytes of a buffer: most answers of a thousand decisions fit in one. */
const SIZE = 262_144;
/** Buffers that are kept to be written into again. */
const KEPT = 8;

/**
 * Memory that has been written into already. New memory of this size comes from the operating system page by page, at more than all
 * else that an answer of a thousand decisions costs; and the collector looks after strings of this size one by one.
 */
const kept: Buffer[] = [];

/** The bytes of an answer. */
export class AnswerBytes {
  readonly #buffers: Buffer[] = [];
  /** Bytes of the last buffer that are written. */
  #at = 0;
  #length = 0;

  /** `value`: of JSON, and neither small nor long. */
  constructor(value: object) {
    putPieces(value, (piece) => this.#put(piece));
  }

  get length(): number {
    return this.#length;
  }

  /** Copies, for who needs them later. */
  copy(): Buffer {
    const all = Buffer.concat(this.#parts());
    this.#giveBack();
    return all;
  }

  /** Sends them as the rest of a response. */
  end(response: ServerResponse): void {
    const parts = this.#parts();
    const last = parts.pop();
    for (const part of parts) response.write(part);
    response.end(last, () => {
      // A connection that has ended may not have taken all of it.
      if (!response.destroyed && response.socket?.destroyed !== true) this.#giveBack();
    });
  }

  #put(piece: string): void {
    const bytes = Buffer.byteLength(piece);
    let buffer = this.#buffers.at(-1);
    if (buffer === undefined || buffer.length - this.#at < bytes) {
      if (buffer !== undefined) this.#buffers[this.#buffers.length - 1] = buffer.subarray(0, this.#at);
      buffer = bytes > SIZE ? Buffer.allocUnsafeSlow(bytes) : (kept.pop() ?? Buffer.allocUnsafeSlow(SIZE));
      this.#buffers.push(buffer);
      this.#at = 0;
    }
    // What has one byte for each character is only copied.
    buffer.write(piece, this.#at, bytes === piece.length ? 'latin1' : 'utf8');
    this.#at += bytes;
    this.#length += bytes;
  }

  #parts(): Buffer[] {
    return this.#buffers.map((buffer, index) =>
      index === this.#buffers.length - 1 ? buffer.subarray(0, this.#at) : buffer,
    );
  }

  #giveBack(): void {
    for (const { buffer } of this.#buffers)
      if (kept.length < KEPT && buffer.byteLength === SIZE) kept.push(Buffer.from(buffer));
    this.#buffers.length = 0;
  }
}
