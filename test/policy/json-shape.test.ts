import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/policy/json.ts';
import { isDeeper, membersIn, shapeOf } from '../../src/policy/json-shape.ts';

/** Texts that look like structure, and end in backslashes. */
const texts = fc
  .array(fc.constantFrom('"', '\\', ':', '{', '}', '[', ']', 'a', '\n', 'é'))
  .map((list) => list.join(''));
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 7),
    texts,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(texts, tie('json'), { maxKeys: 3 }),
  ),
}));

test('a text says how many members its objects have and how deeply they are nested', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 1), (value, indent) => {
      const { members, levels } = shapeOf(JSON.stringify(value, null, indent));
      expect(members).toBe(membersIn(value));
      expect([0, 1, 2, 3, 4, 5, 6, 7].find((most) => !isDeeper(value, most))).toBe(levels);
    }),
  );
});

test.each([
  ['{"a":1,"a":2}', 2],
  ['{"a":{"b":1,"b":{}},"c":":"}', 4],
  ['{"\\\\":1,"\\\\":2,"\\":\\"":3}', 3],
])('%s: a key that stands twice is a member that parsing has lost', (text, members) => {
  expect(shapeOf(text).members).toBe(members);
  expect(membersIn(JSON.parse(text))).toBe(members - 1);
});

test.each(['"', '"\\', '{"a', '}}]]', ''])('what is no JSON (%s) is gone through all the same', (text) => {
  expect(shapeOf(text)).toEqual({ members: 0, levels: text.startsWith('{') ? 1 : 0 });
});
