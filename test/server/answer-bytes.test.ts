import type { ServerResponse } from 'node:http';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerBytes } from '../../src/server/answer-bytes.ts';

/** A response whose connection takes what is written only when it is told to. */
class SlowResponse {
  readonly destroyed = false;
  readonly socket: { destroyed: boolean } = { destroyed: false };
  readonly #chunks: Buffer[] = [];
  #taken: () => void = () => undefined;

  write(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  end(chunk: Buffer, taken: () => void): void {
    this.#chunks.push(chunk);
    this.#taken = taken;
  }

  take(): string {
    const text = Buffer.concat(this.#chunks).toString();
    this.#taken();
    return text;
  }
}

function sent(value: object): { readonly length: number; readonly response: SlowResponse } {
  const bytes = new AnswerBytes(value);
  const { length } = bytes;
  const response = new SlowResponse();
  bytes.end(response as unknown as ServerResponse); // as: all that is used of a response
  return { length, response };
}

const many = (count: number, value: unknown): unknown[] => Array.from({ length: count }, () => value);

test('what JSON.stringify writes, in memory that is used again', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 6_000 }),
      (value, text, count) => {
        const whole = { data: { all: many(count, text), value } };
        const { length, response } = sent(whole);
        const text_ = response.take();
        expect(text_).toBe(JSON.stringify(whole));
        expect(length).toBe(Buffer.byteLength(text_));
      },
    ),
    { numRuns: 40 },
  );
});

test('more than one buffer holds, and a text that is longer than one', () => {
  for (const value of [
    { all: many(3_000, 'ä'.repeat(200)) },
    { before: 1, text: '"\u2028€'.repeat(200_000), after: many(9, 'x') },
  ]) {
    const { length, response } = sent(value);
    const text = response.take();
    expect(text).toBe(JSON.stringify(value));
    expect(length).toBe(Buffer.byteLength(text));
  }
});

test('what a slow connection has not taken yet is not written over', () => {
  const values = Array.from({ length: 20 }, (_, n) => ({ data: many(2_000, `answer ${n}`) }));
  const waiting = values.map(sent);
  for (const [index, { response }] of waiting.entries()) {
    expect(response.take()).toBe(JSON.stringify(values[index]));
    expect(sent({ data: many(2_000, 'another') }).response.take()).toContain('another');
  }
});

test('what was sent to a connection that has ended is not used again', () => {
  const ended = Array.from({ length: 20 }, (_, n) => ({ data: many(2_000, `ended ${n}`) }));
  const all = ended.map(sent);
  for (const { response } of all) {
    response.socket.destroyed = true;
    response.take();
  }
  for (let n = 0; n < 20; n += 1) sent({ data: many(2_000, 'another') });
  for (const [index, { response }] of all.entries()) expect(response.take()).toBe(JSON.stringify(ended[index]));
});

test('a copy is its own', () => {
  const value = { data: many(2_000, 'copied') };
  const copy = new AnswerBytes(value).copy();
  sent({ data: many(2_000, 'another') }).response.take();
  expect(copy.toString()).toBe(JSON.stringify(value));
});
