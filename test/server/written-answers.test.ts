import { expect, it } from 'vitest';
import { Work } from '../../src/access/work.ts';
import { hasLongAnswer, withLongAnswers, written } from '../../src/server/written-answers.ts';

/** What Yoga makes of results: with their own writer, where they have one. */
function textOf(result: object): string {
  const { stringify = JSON.stringify, ...told } = result as { stringify?: (told: object) => string };
  return stringify(told);
}

const many = (mark: string) => ({ list: Array.from({ length: 9_000 }, (_, n) => ({ n, text: `${mark} é "${n}"` })) });

it('data of long answers come into their places, whatever stands beside them', async () => {
  const request = {};
  const results = [
    { data: many('a'), errors: [] },
    { data: { short: true } },
    { data: many('b'), extensions: { cost: 1 } },
  ];
  const made = await Promise.all(results.map(async (result) => written(result, request, new Work())));
  expect(made[1]).toBe(results[1]);
  expect(hasLongAnswer(request)).toBe(true);
  const text = `[${made.map(textOf).join(',')}]`;
  expect(text.length).toBeLessThan(300);
  const pieces = withLongAnswers(request, Buffer.from(text));
  expect(JSON.parse(Buffer.concat(pieces).toString())).toEqual(results);
});

it('nothing of it is done to short ones', () => {
  const request = {};
  const result = { data: { viewer: { kind: 'USER' } } };
  expect(written(result, request, new Work())).toBe(result);
  expect(hasLongAnswer(request)).toBe(false);
});
