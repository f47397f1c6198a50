import { describe, expect, it } from 'vitest';
import { costShape } from '../../src/graphql/cost-shape.ts';

// The cost of an operation is kept by the shape of its variables: two requests with one shape must cost the same.

describe('variables of different costs have different shapes', () => {
  it.each<[string, object, object]>([
    ['sizes of pages', { first: 1 }, { first: 2 }],
    ['what is left out', { first: 20 }, {}],
    ['null', { tag: null }, { tag: { key: 'a' } }],
    ['lengths of lists', { requests: [1] }, { requests: [1, 2] }],
    ['lengths of lists in an input', { input: { requests: [1] } }, { input: { requests: [] } }],
    ['names', { a: 1, b: 2 }, { a: 2, b: 1 }],
    ['a number and a text', { a: 1 }, { a: '1' }],
  ])('%s', (_what, one, other) => {
    expect(costShape('principal', { ...one })).not.toBe(costShape('principal', { ...other }));
  });

  it('callers', () => {
    expect(costShape('operator', {})).not.toBe(costShape('anonymous', {}));
  });
});

it('contents of values make no difference', () => {
  const request = { principal: 'a', context: { a: [1, 2] } };
  expect(costShape('operator', { request, list: ['a'] })).toBe(costShape('operator', { request: {}, list: ['b'] }));
});
