import { buildSchema, coerceInputValue, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { hasLongList } from '../../../src/graphql/execution/coerce-variables.ts';
import { faultsOfMany } from '../../../src/graphql/execution/faults-of-many.ts';
import { maskError } from '../../../src/graphql/mask-error.ts';
import { finished } from '../../../src/policy/steps.ts';

// graphql-js reads variables in one go. Where they are many, what is wrong with them is found step by step.

const schema = buildSchema(`
  input Item { name: String!, values: [Int!], nested: Item }
  type Query { of(items: [Item!]!, count: Int!): Int }
`);

function operationOf(text: string): OperationDefinitionNode {
  const [operation] = parse(text).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return operation;
}

const OPERATION = operationOf('query ($items: [Item!]!, $count: Int!) { of(items: $items, count: $count) }');
const items = (count: number): readonly object[] => Array.from({ length: count }, (_, n) => ({ name: `n${n}` }));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const messages = (given: Readonly<Record<string, unknown>>): readonly string[] =>
  finished(faultsOfMany(schema, OPERATION, given)).map(({ message }) => message);

test.each<readonly [string, Readonly<Record<string, unknown>>, readonly string[]]>([
  ['nothing', { items: items(5_000), count: 1 }, []],
  [
    'the last item',
    { items: [...items(5_000), { nam: 'x' }], count: 1 },
    [
      'Variable "$items" got an invalid value at "items[5000]"; Field "name" of required type "String!" was not provided.',
      'Variable "$items" got an invalid value at "items[5000]"; Field "nam" is not defined by type "Item". Did you mean "name"?',
    ],
  ],
  [
    'a value in a list in an object in a list',
    { items: [{ name: 'a', nested: { name: 'b', values: [...numbers(5_000), 'x'] } }], count: 1 },
    [
      'Variable "$items" got an invalid value at "items[0].nested.values[5000]"; Int cannot represent non-integer value: "x"',
    ],
  ],
  [
    'what is beside a list',
    { items: [{ values: numbers(5_000) }], count: 1 },
    ['Variable "$items" got an invalid value at "items[0]"; Field "name" of required type "String!" was not provided.'],
  ],
  [
    'the only item of what is no list',
    { items: { name: 'a', values: [...numbers(5_000), null] }, count: 1 },
    [
      'Variable "$items" got an invalid value at "items.values[5000]"; Expected non-nullable type "Int!" not to be null.',
    ],
  ],
  ['another variable', { items: items(5_000) }, ['Variable "$count" of required type "Int!" was not provided.']],
])('what is wrong is %s', (_what, given, wanted) => {
  expect(messages(given)).toEqual(wanted);
});

test('no more is told than graphql-js tells, and no step is long', () => {
  const given = { items: numbers(20_000), count: 1 };
  expect(messages(given)).toHaveLength(50);
  const right = { items: [{ name: 'a', values: numbers(20_000) }, ...items(500)], count: 1 };
  expect(hasLongList(right)).toBe(true);
  expect([...faultsOfMany(schema, OPERATION, right)].length).toBeGreaterThan(20_000);
});

test('the words are those of graphql-js', () => {
  const told: string[] = [];
  const type = schema.getType('Item');
  coerceInputValue({ nam: 1 }, type as never, (_path, _value, error) => told.push(error.message)); // as: an input type
  const found = messages({ items: [...items(5_000), { nam: 1 }], count: 1 });
  expect(found.map((message) => message.replace(/^.*?; /, ''))).toEqual(told);
});

test('a fault among many values names its place as one among few does', () => {
  const [error] = finished(faultsOfMany(schema, OPERATION, { items: [...items(5_000), {}], count: 1 }));
  const { message, extensions } = maskError(error);
  expect([message, extensions]).toEqual([
    '`items[5000]`: Field "name" of required type "String!" was not provided.',
    { code: 'BAD_USER_INPUT', field: 'items[5000]' },
  ]);
});
