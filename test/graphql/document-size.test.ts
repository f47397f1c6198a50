import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { parseBounded } from '../../src/graphql/limits.ts';
import { maskError } from '../../src/graphql/mask-error.ts';

// What is refused before the rules of validation, whose cost grows with the square of equal fields.

const refusal = (query: string): unknown => {
  try {
    parseBounded(query);
  } catch (error) {
    return error;
  }
  return null;
};
const tooComplex = (limit: number) => ({ extensions: { code: 'QUERY_TOO_COMPLEX', limit } });

describe('equal names in one place', () => {
  test.each([
    ['beside each other', `{ viewer { ${'kind '.repeat(150)} } }`],
    ['as aliases', `{ viewer { ${'a: kind '.repeat(150)} } }`],
    ['beneath equal fields', `{ ${`viewer { ${'kind '.repeat(12)} } `.repeat(12)} }`],
    ['in inline fragments', `{ viewer { ${'... { kind } '.repeat(150)} } }`],
    [
      'in fragments',
      `{ viewer { ${Array.from({ length: 145 }, (_, n) => `...f${n}`).join(' ')} } } ${Array.from({ length: 145 }, (_, n) => `fragment f${n} on Viewer { kind }`).join(' ')}`,
    ],
  ])('%s', (_name, query) => {
    expect(refusal(query)).toMatchObject(tooComplex(10_000));
  });

  test('the place and the name are told', () => {
    const error = refusal(`{ viewer { ${'kind '.repeat(150)} } }`);
    expect(error).toMatchObject({ message: expect.stringContaining('`kind` 150 times'), locations: [{ line: 1 }] });
  });

  test('the answer says so', () => {
    const error = refusal(`{ viewer { ${'kind '.repeat(150)} } }`);
    expect(maskError(error)).toMatchObject({
      message: expect.stringContaining('`kind` 150 times'),
      extensions: { code: 'QUERY_TOO_COMPLEX', limit: 10_000 },
    });
  });

  test('in different places are taken', () => {
    const query = `{ ${Array.from({ length: 150 }, (_, n) => `a${n}: viewer { kind }`).join(' ')} }`;
    expect(refusal(query)).toBeNull();
  });
});

test('fragments in fragments are expanded no further than a limit', () => {
  const levels = Array.from(
    { length: 20 },
    (_, n) => `fragment f${n} on T { ${Array.from({ length: 4 }, (_, m) => `a${m}: x { ...f${n + 1} }`).join(' ')} }`,
  );
  expect(refusal(`{ ...f0 } ${levels.join(' ')} fragment f20 on T { x }`)).toMatchObject(tooComplex(50_000));
});

test('fragments that contain themselves are left to the rule about them', () => {
  expect(
    refusal('{ ...f } fragment f on Query { viewer { ...g } ...f } fragment g on Viewer { ...g kind }'),
  ).toBeNull();
});

test('at most 150 fragments', () => {
  const fragments = (count: number) =>
    Array.from({ length: count }, (_, n) => `fragment f${n} on Viewer { kind }`).join(' ');
  expect(refusal(`{ viewer { kind } } ${fragments(150)}`)).toBeNull();
  expect(refusal(`{ viewer { kind } } ${fragments(151)}`)).toMatchObject(tooComplex(150));
});

describe('the answer about the schema', () => {
  test('the query of tools is taken, also twice', () => {
    expect(
      refusal(
        getIntrospectionQuery({
          inputValueDeprecation: true,
          schemaDescription: true,
          specifiedByUrl: true,
          oneOf: true,
        }),
      ),
    ).toBeNull();
    expect(
      refusal(getIntrospectionQuery().replace('__schema', 'a: __schema { types { name fields { name } } } __schema')),
    ).toBeNull();
  });

  test.each([
    [
      'aliases',
      `{ __schema { ${Array.from({ length: 40 }, (_, n) => `a${n}: types { fields { args { type { name ofType { name } } } } }`).join(' ')} } }`,
    ],
    ['lists in lists', '{ __schema { types { fields { type { fields { type { fields { args { name } } } } } } } } }'],
    [
      'fragments',
      '{ __schema { types { ...f } } } fragment f on __Type { a: fields { ...g } b: fields { ...g } } fragment g on __Field { type { fields { type { name kind fields { name } } } } }',
    ],
  ])('%s are refused when they make it long', (_name, query) => {
    expect(refusal(query)).toMatchObject(tooComplex(600_000));
  });
});
