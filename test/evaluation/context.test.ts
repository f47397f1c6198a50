import { expect, test } from 'vitest';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import { InvalidInput } from '../../src/policy/errors.ts';

test('keys are folded, scalars are texts, lists stay lists', () => {
  const context = parseRequestContext(
    {
      'aws:SourceIp': '10.0.0.1',
      'S3:Max-Keys': 10,
      'aws:SecureTransport': true,
      'aws:TagKeys': ['A', 1],
      'k:none': [],
    },
    'context',
  );
  expect([...context]).toEqual([
    ['aws:sourceip', '10.0.0.1'],
    ['s3:max-keys', '10'],
    ['aws:securetransport', 'true'],
    ['aws:tagkeys', ['A', '1']],
    ['k:none', []],
  ]);
});

test('nothing is an empty context', () => {
  for (const given of [null, undefined, {}]) expect(parseRequestContext(given, 'context').size).toBe(0);
});

test.each<[unknown, string]>([
  ['text', '`requests[3].context` must be an object of condition keys and their values'],
  [[], '`requests[3].context` must be an object of condition keys and their values'],
  [{ 'k:a': null }, '`requests[3].context.k:a` must be a string, number or boolean, or a list of them'],
  [{ 'k:a': [[]] }, '`requests[3].context.k:a[0]` must be a string, number or boolean, or a list of them'],
  [{ 'k:a': {} }, '`requests[3].context.k:a` must be a string, number or boolean, or a list of them'],
  [{ '': 'x' }, 'the names of `requests[3].context` have 1 to 256 characters'],
  [{ 'K:a': 'x', 'k:A': 'y' }, '`requests[3].context` has the condition key `k:A` twice'],
  [{ 'k:a': 'x'.repeat(2049) }, '`requests[3].context.k:a` has 2049 characters, the limit is 2048'],
  [{ 'k:a': Array(201).fill('x') }, '`requests[3].context.k:a` has 201 values, the limit is 200'],
  [
    Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k:${i}`, 'x'])),
    '`requests[3].context` has 201 condition keys, the limit is 200',
  ],
])('%o is refused', (given, message) => {
  const parse = () => parseRequestContext(given, 'requests[3].context');
  expect(parse).toThrow(InvalidInput);
  expect(parse).toThrow(message);
});

test('what is just within the limits is taken', () => {
  const keys = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k:${i}`, 'x']));
  expect(parseRequestContext(keys, 'context').size).toBe(200);
  const longest = `k:${'a'.repeat(254)}`;
  const values = Array<string>(200).fill('x'.repeat(2048));
  expect(parseRequestContext({ [longest]: values }, 'context').get(longest)).toEqual(values);
  const longer = () => parseRequestContext({ [`${longest}a`]: 'x' }, 'context');
  expect(longer).toThrow('the names of `context` have 1 to 256 characters');
});
