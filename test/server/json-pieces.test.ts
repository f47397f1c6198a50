import * as fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { Repeated } from '../../src/graphql/execution/repeated.ts';
import { finished } from '../../src/policy/steps.ts';
import { isShort, jsonBytes, jsonPieces, jsonText, sizeOf } from '../../src/server/json-pieces.ts';

const many = (count: number, value: unknown): unknown[] => Array.from({ length: count }, () => value);

/** A long value around a generated one. */
const around: readonly ((value: unknown) => unknown)[] = [
  (value) => many(20_000, value),
  (value) => ({ data: { a: many(9_000, 1), b: value, c: many(60, many(300, value)) } }),
  (value) => [many(9_500, 1), value, many(9_500, 'x'), [], {}],
  (value) => ({ text: 'ä"\n'.repeat(100_000), value, others: many(1_200, value) }),
  (value) => Object.fromEntries(many(9_000, value).map((one, index) => [`key ${index}`, one])),
];

test('the pieces are what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat({ max: around.length - 1 }), (value, which) => {
      const long = around[which]?.(value);
      const whole = JSON.stringify(long);
      expect(finished(jsonPieces(long)).join('')).toBe(whole);
      expect(Buffer.concat(finished(jsonBytes(long)) as Buffer[]).toString()).toBe(whole);
    }),
    { numRuns: 60 },
  );
});

test('what JSON.stringify leaves out, and what has a form of its own', () => {
  const error = new GraphQLError('no', { extensions: { code: 'NO' } });
  const long = { data: many(9_000, undefined), extensions: undefined, errors: many(40, error), f: () => 1 };
  expect(finished(jsonPieces(long)).join('')).toBe(JSON.stringify(long));
  expect(finished(jsonPieces({ a: many(9_000, 1), b: undefined })).join('')).toBe(
    `{"a":${JSON.stringify(many(9_000, 1))}}`,
  );
});

describe('in pieces that are short', () => {
  test.each([
    ['a long list', many(100_000, 1)],
    ['a list of objects', many(50_000, { id: 'x'.repeat(20), effect: 'ALLOW' })],
    ['a list in a list', [[many(100_000, { a: [1, 2] })]]],
    ['long texts', many(400, 'x'.repeat(20_000))],
    ['many members', Object.fromEntries(many(20_000, many(10, 1)).map((one, index) => [String(index), one]))],
  ])('%s', (_what, value) => {
    const pieces = finished(jsonPieces(value));
    expect(pieces.join('')).toBe(JSON.stringify(value));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
    const steps = [...jsonPieces(value)];
    expect(steps.length).toBeGreaterThan(10);
  });
});

test('what stands in many places is written from its text', () => {
  const some = [{ effect: 'ALLOWED' }, { effect: 'ä"\n', of: undefined }, {}].map((value) => new Repeated(value));
  const item = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...some) }, fc.jsonValue(), fc.constant(undefined));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 60 }), fc.boolean(), (items, isLong) => {
      const value = { data: { all: isLong ? many(200, items).flat() : items, one: some[0] } };
      const whole = JSON.stringify(value);
      expect(whole).toBe(JSON.stringify(JSON.parse(whole)));
      expect(jsonText(value)).toBe(whole);
      expect(finished(jsonPieces(value)).join('')).toBe(whole);
    }),
    { numRuns: 100 },
  );
  expect(sizeOf(many(7_000, some[0]))).toBeGreaterThan(7_000 * 20);
  expect(isShort(many(9_000, some[0]))).toBe(false);
});

test('whether a value is short is known without looking at all of it', () => {
  let looked = 0;
  const counting = new Proxy(many(100_000, 1), {
    get: (target, key) => {
      looked += 1;
      return Reflect.get(target, key);
    },
  });
  expect(isShort({ data: counting })).toBe(false);
  expect(looked).toBeLessThan(20_000);
  expect(isShort({ data: { decision: { effect: 'ALLOW' } } })).toBe(true);
  expect(isShort('x'.repeat(300_000))).toBe(false);
});
