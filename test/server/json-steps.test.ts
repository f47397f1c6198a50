import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finished } from '../../src/policy/steps.ts';
import { ComplexJson, isSparse, jsonSteps, marksIn, NotJson } from '../../src/server/json-steps.ts';

// A body that is longer than a piece is parsed in pieces: it has to be read, or refused, as JSON.parse does.

const PIECE = 32_768;
const members = (count: number): string =>
  Array.from({ length: count }, (_, n) => `"k${n}": {"v": [${n}, null, true]}`).join(', ');
const long = (text: string): string => text.repeat(Math.ceil((PIECE * 1.5) / text.length));
const read = (text: string): unknown => finished(jsonSteps(Buffer.from(text)));

describe('what is long', () => {
  test.each([
    ['numbers', `[${long('1,')}2]`],
    ['empty lists', `[${long('[],')}[]]`],
    ['members', `{${members(9_000)}}`],
    ['escapes', `"${long('\\n\\\\\\"\\u00e9')}"`],
    ['characters of several bytes', `["${long('aé€😀')}", {"${long('é😀')}": "${long('€')}"}]`],
    ['long values in long values', `{"a": [${long('0,')}{"b": "${long('x')}", "c": [${long('{"d":1},')}1]}], "e": 1}`],
    ['blanks', `${long(' ')}[${long('\n')}1${long('\t')},${long('\r')}2]${long(' ')}`],
  ])('%s: read as JSON.parse reads them, piece by piece', (_name, text) => {
    expect(read(text)).toEqual(JSON.parse(text));
    let steps = 0;
    for (const size of jsonSteps(Buffer.from(text))) {
      expect(size).toBeLessThanOrEqual(PIECE);
      steps += 1;
    }
    expect(steps).toBeGreaterThan(0);
  });

  test('a list in an object in an object, wherever a piece ends', () => {
    const entry = '{"action":"s3:GetObject","resource":"arn:aws:s3:::reports/a","tags":["a,b","]"]}';
    const list = Array.from({ length: 1_000 }, () => entry).join(',');
    for (let shift = 0; shift < entry.length; shift += 3) {
      const blank = ' '.repeat(shift);
      const text = `{"query":"q","variables":{"principal":"p",${blank}"checks":[${list}],"more":[[1],{"a":[${list}]}]},"last":null}`;
      expect(read(text)).toEqual(JSON.parse(text));
    }
  });

  test.each(['\\u00e9', '\\n', '\\ud83d\\ude00', '\\"'])('a piece ends nowhere in the escape %s', (one) => {
    for (let shift = 0; shift < 12; shift += 1) {
      const text = `"${'x'.repeat(PIECE - shift)}${one}${'y'.repeat(PIECE)}"`;
      expect(read(text)).toBe(JSON.parse(text));
    }
    for (const text of [`"${'x'.repeat(PIECE - 3)}\\u12"`, `"${'x'.repeat(PIECE)}\\u12"}`])
      expect(() => read(text)).toThrow(NotJson);
  });

  test('the last of two equal keys counts, and __proto__ is one like others', () => {
    const text = `{"a": 1, "x": "${long('x')}", "a": 2, "__proto__": {"b": 1}}`;
    const value = read(text) as Record<string, unknown>;
    expect(value).toEqual(JSON.parse(text));
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(value['b']).toBeUndefined();
  });

  test('values of any form', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(3), (json, at) => {
        const filler = `"${'x'.repeat(PIECE)}"`;
        const text =
          [`[${json},${filler}]`, `[${filler},${json}]`, `{"a":${json},"b":${filler}}`, `[[${filler}],${json}]`][at] ??
          '';
        expect(read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is no JSON is refused', () => {
  const filler = `"${'x'.repeat(PIECE)}"`;
  test.each([
    '[F,,2]',
    '[,F]',
    '[F,]',
    '[F 2]',
    '{"a":F,}',
    '{"a" F}',
    '{a:F}',
    '[F}',
    '{"a":F]',
    '[F',
    'F]',
    '[F]]',
    '["F',
    '{"a":[F}}',
    '{F}',
    '[1,F,nul]',
    '[\u00a0]F',
    '{\ufeff}F',
    '[1,[\u2028],F]',
    '[\u00a0]B',
    'B{\ufeff}',
    '[B\v]',
  ])('%s', (form) => {
    const text = form.replace('F', filler).replace('B', ' '.repeat(PIECE));
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => read(text)).toThrow(NotJson);
  });

  test('objects of more members than anything here has', () => {
    expect(() => read(`{"a":[{${members(20_000)}}]}`)).toThrow('an object has more than 10000 members');
  });

  test('long values in more than 64 levels', () => {
    const nested = (levels: number): string => `${'['.repeat(levels)}${filler}${']'.repeat(levels)}`;
    expect(read(nested(60))).toEqual(JSON.parse(nested(60)));
    expect(() => read(nested(100))).toThrow(ComplexJson);
  });
});

/** As much blank as makes the steps look into the value itself. */
const BLANKS = ' '.repeat(PIECE);
/** Where `J` stands, a text that is JSON or nearly so. */
const AROUND = [`J${BLANKS}`, `${BLANKS}J`, `[J,"${'x'.repeat(PIECE)}"]`, `{"a":J${BLANKS},"b":[${BLANKS}J]}`];
/** What is put into a text: what JSON reads, and what only looks like it. */
const PUT = [
  ...'{}[]",:\\ \t\n\r\v\f\u00a0\ufeff\u2028\u30001-.eEntu'.split(''),
  '\\u00',
  '\\"',
  '""',
  '__proto__',
  '[]',
  '{}',
  'null',
  '"a":',
];

interface Change {
  readonly at: number;
  readonly without: number;
  readonly put: string;
}

function changed(text: string, changes: readonly Change[]): string {
  return changes.reduce((before, { at, without, put }) => {
    const place = at % (before.length + 1);
    return before.slice(0, place) + put + before.slice(place + without);
  }, text);
}

function valueOr(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NotJson) return 'refused';
    throw error;
  }
}

test('a text that was changed somewhere is read as JSON.parse reads it, or refused by both', () => {
  const change = fc.record({
    at: fc.nat(1_000),
    without: fc.nat(2),
    put: fc.oneof(fc.constant(''), fc.constantFrom(...PUT)),
  });
  const counts = { read: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom('[]', '{}', '[[]]', '{"a":{}}'), fc.json({ maxDepth: 3 })),
      fc.array(change, { maxLength: 3 }),
      fc.constantFrom(...AROUND),
      (json, changes, around) => {
        const text = around.replaceAll('J', () => changed(json, changes));
        // Half a surrogate pair has no UTF-8.
        fc.pre(Buffer.from(text).toString() === text);
        const wanted = valueOr(() => JSON.parse(text));
        expect(valueOr(() => read(text))).toStrictEqual(wanted);
        counts[wanted === 'refused' ? 'refused' : 'read'] += 1;
      },
    ),
    { numRuns: 1_500 },
  );
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(100);
});

describe('what is sparse is parsed in one step', () => {
  const entry = (n: number): string => `{"action":"s3:GetObject","resource":"arn:aws:s3:::reports/a/${n}"}`;
  const listOf = (length: number): Buffer => Buffer.from(`[${Array.from({ length }, (_, n) => entry(n)).join(',')}]`);

  test('marks are counted, wherever the bytes begin', () => {
    // Among them those that differ from a mark in one bit.
    const byte = fc.oneof(
      fc.constantFrom(...Buffer.from('",[{'), 0x00, 0x0b, 0x21, 0x7a, 0x80, 0xa2, 0xac, 0xdb, 0xff),
      fc.nat(255),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 3_000 }), fc.nat(7), (bytes, from) => {
        const some = Buffer.from(bytes).subarray(Math.min(from, bytes.length));
        expect(marksIn(some)).toBe([...some].filter((one) => '",[{'.includes(String.fromCharCode(one))).length);
      }),
    );
  });

  test.each<[string, Buffer, boolean]>([
    ['a thousand requests', listOf(1_000), true],
    ['twice as many', listOf(2_000), false],
    ['as long, of brackets alone', Buffer.from('['.repeat(PIECE + 1)), false],
    ['as long, of short keys', Buffer.from(`{${'"k":1,'.repeat(PIECE / 5)}"k":1}`), false],
  ])('%s', (_what, bytes, isOne) => {
    expect(bytes.length).toBeGreaterThan(PIECE);
    expect(isSparse(bytes)).toBe(isOne);
  });
});
