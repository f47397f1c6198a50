import * as fc from 'fast-check';
import {
  type GraphQLInputType,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { compileVariables, hasLongList } from '../../../src/graphql/execution/coerce-variables.ts';
import { isKnownWellFormed } from '../../../src/graphql/malformed.ts';
import { buildSchema } from '../../../src/graphql/schema.ts';
import { finished, type Steps } from '../../../src/policy/steps.ts';

// The compiled coercion answers as graphql-js does, or leaves the values to it. It may leave only what is refused, and lists that are given
// as their one item.

const schema = buildSchema();

const INPUT_TYPES = Object.values(schema.getTypeMap())
  .filter((type) => isInputType(type) && !type.name.startsWith('__'))
  .map(({ name }) => name);

/** Values that scalars accept, among others that they refuse. */
const TEXTS = [
  'text',
  '',
  '*',
  '7',
  'arn:aws:s3:::bucket/key',
  'arn:aws:iam::111111111111:user/alice',
  '111111111111',
  'ec2.amazonaws.com',
  '2026-01-31T12:00:00.000Z',
  'r0000000000000000001',
  '{"Version":"2012-10-17","Statement":[]}',
];
const text = fc.constantFrom(...TEXTS);
const scalar: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Int: fc.oneof(fc.integer(), fc.constantFrom(1, 20)),
  Float: fc.double(),
  Boolean: fc.boolean(),
  PolicyDocument: fc.oneof(text, fc.constant({ Version: '2012-10-17', Statement: [] })),
  RequestContext: fc.constantFrom(
    {},
    { 'aws:SourceIp': '203.0.113.7' },
    { 'aws:TagKeys': ['a', 'b'] },
    { a: { b: 1 } },
  ),
  ID: fc.oneof(text, fc.integer()),
};
const wrong = fc.oneof(
  text,
  fc.jsonValue(),
  fc.constantFrom(null, 2 ** 40, 1.5, true, [], {}, [[]], { constructor: 1 }, { toString: 'x' }),
  // An own key of this name, as JSON.parse makes it.
  fc.constant(JSON.parse('{"__proto__":{"action":"s3:GetObject"}}')),
);

function inputOf(type: GraphQLInputType, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 60, arbitrary: rightInputOf(type, depth) }, { weight: 1, arbitrary: wrong });
}

function rightInputOf(type: GraphQLInputType, depth: number): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return inputOf(type.ofType, depth);
  if (depth > 4) return fc.constant(null);
  return fc.oneof({ weight: 9, arbitrary: presentInputOf(type, depth) }, { weight: 1, arbitrary: fc.constant(null) });
}

function presentInputOf(type: Exclude<GraphQLInputType, never>, depth: number): fc.Arbitrary<unknown> {
  if (isListType(type)) {
    const item = inputOf(type.ofType, depth + 1);
    return fc.oneof({ weight: 12, arbitrary: fc.array(item, { maxLength: 3 }) }, { weight: 1, arbitrary: item });
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const required = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
    const model = Object.fromEntries(fields.map((field) => [field.name, inputOf(field.type, depth + 1)]));
    const object = type.isOneOf
      ? fc.oneof(...fields.map((field) => fc.record({ [field.name]: inputOf(field.type, depth + 1) })))
      : fc.record(model, { requiredKeys: required.map(({ name }) => name) });
    return fc.oneof(
      { weight: 30, arbitrary: object },
      { weight: 1, arbitrary: object.map((value) => ({ ...value, unknown: 1 })) },
      { weight: 1, arbitrary: fc.record(model, { requiredKeys: [] }) },
    );
  }
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  return scalar[type.toString()] ?? text;
}

/** Whether a list is given as its one item somewhere. */
function hasLoneItem(type: GraphQLInputType, value: unknown): boolean {
  if (isNonNullType(type)) return hasLoneItem(type.ofType, value);
  if (value == null) return false;
  if (isListType(type)) return !Array.isArray(value) || value.some((item) => hasLoneItem(type.ofType, item));
  if (!isInputObjectType(type) || typeof value !== 'object') return false;
  return Object.values(type.getFields()).some((field) =>
    hasLoneItem(field.type, (value as Readonly<Record<string, unknown>>)[field.name]),
  );
}

function operationWith(definitions: string): OperationDefinitionNode {
  const [operation] = parse(`query (${definitions}) { __typename }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return operation;
}

interface Coerced {
  readonly ours: unknown;
  readonly theirs: unknown;
}

function coerced(operation: OperationDefinitionNode, given: Record<string, unknown>): Coerced {
  const compiled = compileVariables(schema, operation);
  const theirs = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  return { ours: compiled === null ? null : plain(compiled(given)), theirs: theirs.coerced ?? null };
}

/** Entries of lists are of classes of their own, with the same members. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isEntry = typeof prototype === 'object' && prototype?.constructor.name.startsWith('Given') === true;
  if (prototype !== Object.prototype && !isEntry) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

test.each(INPUT_TYPES)('%s is coerced as graphql-js does', (name) => {
  let accepted = 0;
  const type = schema.getType(name) as GraphQLInputType; // as: input types were chosen
  for (const written of [name, `${name}!`, `[${name}!]`]) {
    const operation = operationWith(`$value: ${written}`);
    const values = written.startsWith('[') ? fc.array(inputOf(type, 0), { maxLength: 4 }) : inputOf(type, 0);
    fc.assert(
      fc.property(values, (value) => {
        const { ours, theirs } = coerced(operation, { value });
        if (ours !== null) accepted += 1;
        const items = Array.isArray(value) && written.startsWith('[') ? value : [value];
        const isLeft = ours === null && items.some((item) => hasLoneItem(type, item));
        expect(isLeft ? null : ours).toStrictEqual(isLeft ? null : theirs);
      }),
      { numRuns: 60 },
    );
  }
  // Nobody can upload a file in JSON.
  expect(accepted).toBeGreaterThan(name === 'Upload' ? 0 : 4);
});

describe('variables', () => {
  const both = operationWith(
    '$first: Int = 5, $checks: [CheckInput!] = [{ action: "s3:Get", resource: "*" }], $id: ID!',
  );

  test.each<Record<string, unknown>>([
    { id: 'a' },
    { id: 7, first: null, checks: [] },
    { id: 'a', others: 1 },
    { id: null },
    {},
    { id: 'a', first: 'x' },
    JSON.parse('{"__proto__":{"id":"a"}}'),
  ])('%j are coerced as graphql-js does', (given) => {
    const { ours, theirs } = coerced(both, given);
    expect(ours).toStrictEqual(theirs);
  });

  const requests = operationWith('$requests: [AccessRequestInput!]!, $checks: [CheckInput!]!');
  const asked = {
    principal: 'arn:aws:iam::111111111111:user/alice',
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::a/b',
  };
  const check = { action: asked.action, resource: asked.resource };

  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [asked, check],
    [
      { ...asked, context: { 'aws:SourceIp': '203.0.113.7' } },
      { ...check, resourceIsPattern: true },
    ],
    [
      { ...asked, context: null },
      { ...check, resourceAccount: '111111111111' },
    ],
    [
      { ...asked, resource: 'no ARN' },
      { ...check, resource: 'no ARN' },
    ],
    [{ ...asked, assumeContextKeys: false, resourceIsPattern: null }, check],
    [{ ...asked, principal: null }, check],
    [{ ...asked, action: 1 }, check],
    [{ action: 'a', resource: '*', others: 1 }, check],
    [asked, { action: 'a', others: 1 }],
    [asked, { ...check, others: 1 }],
    [JSON.parse('{"action":"a","resource":"*","__proto__":{"principal":"me"}}'), check],
    [asked, JSON.parse('{"action":"a","__proto__":{"resource":"*"}}')],
  ])('entries of lists are read as graphql-js does: %j, %j', (request, one) => {
    const { ours, theirs } = coerced(requests, { requests: [request, asked], checks: [check, one] });
    expect(ours).toEqual(theirs);
  });

  test('a default is made anew for each request', () => {
    const compiled = compileVariables(schema, both);
    expect(compiled?.({ id: 'a' })?.['checks']).not.toBe(compiled?.({ id: 'a' })?.['checks']);
  });

  test('names that every object has are left to graphql-js', () => {
    expect(compileVariables(schema, operationWith('$__proto__: Int'))).toBeNull();
    expect(compileVariables(schema, operationWith('$constructor: Int'))).toBeNull();
  });
});

describe('long lists', () => {
  const operation = operationWith(
    '$principal: PrincipalId!, $checks: [CheckInput!]!, $input: SimulateCustomPoliciesInput',
  );
  const checks = Array.from({ length: 5_000 }, (_, n) => ({ action: 's3:GetObject', resource: `arn:aws:s3:::b/${n}` }));
  const principal = 'arn:aws:iam::111111111111:user/alice';

  test.each<[string, Record<string, unknown>]>([
    ['a list', { principal, checks }],
    ['a list in an input', { principal, checks: [], input: { caller: { principal }, requests: checks } }],
    ['with an ARN that is none', { principal, checks: checks.with(3_000, { action: 'a', resource: 'none' }) }],
  ])('%s is read step by step, as it is read at once', (_what, given) => {
    const compiled = compileVariables(schema, operation);
    const atOnce = compiled?.(structuredClone(given));
    expect(hasLongList(given)).toBe(true);
    const steps = [...(compiled?.ahead(given) ?? [])];
    expect(steps.length).toBeGreaterThanOrEqual(20);
    expect(Math.max(...steps)).toBeLessThanOrEqual(25);
    expect(compiled?.(given)).toEqual(atOnce);
    expect(atOnce).not.toBeNull();
  });

  test('a list of inputs that take exactly one field is, too', () => {
    const compiled = compileVariables(schema, operationWith('$changes: [DirectoryChangeInput!]!'));
    const addUserToGroup = { groupArn: 'arn:aws:iam::111111111111:group/g', userArn: principal };
    const given = { changes: Array.from({ length: 1_000 }, () => ({ addUserToGroup })) };
    expect([...(compiled?.ahead(given) ?? [])]).toHaveLength(40);
    expect(compiled?.(given)).toEqual(given);
  });

  test('what is refused in them is refused', () => {
    const compiled = compileVariables(schema, operation);
    const given = { principal, checks: checks.with(4_000, { action: 's3:GetObject', resource: '*', x: 1 } as never) }; // as: refused
    expect(finished(compiled?.ahead(given) ?? nothing())).toBeUndefined();
    expect(compiled?.(given)).toBeNull();
  });

  test('many short lists in short lists are, too', () => {
    const compiled = compileVariables(schema, operationWith('$requests: [AccessRequestInput!]!'));
    const furtherResources = Array.from({ length: 150 }, (_, n) => `arn:aws:s3:::b/${n}`);
    const asked = { principal, action: 's3:GetObject', resource: 'arn:aws:s3:::b', furtherResources };
    const given = { requests: Array.from({ length: 150 }, () => ({ ...asked })) };
    const atOnce = compiled?.(structuredClone(given));
    expect(hasLongList(given)).toBe(true);
    expect([...(compiled?.ahead(given) ?? [])].length).toBeGreaterThanOrEqual(30);
    expect(compiled?.(given)).toEqual(atOnce);
  });

  test('short ones are read at once', () => {
    expect(hasLongList({ principal, checks: checks.slice(0, 200) })).toBe(false);
  });

  test('a list in which nothing is malformed is known as one', () => {
    const compiled = compileVariables(schema, operation);
    const listOf = (given: Record<string, unknown>) => compiled?.(given)?.['checks'] as readonly unknown[];
    expect(isKnownWellFormed(listOf({ principal, checks: checks.slice(0, 100) }))).toBe(true);
    const bad = checks.slice(0, 100).with(50, { action: 'a', resource: 'none' });
    expect(isKnownWellFormed(listOf({ principal, checks: bad }))).toBe(false);
  });

  test('a list is not known as one by what was read of it ahead', () => {
    const compiled = compileVariables(schema, operationWith('$requests: [AccessRequestInput!]!'));
    const furtherResources = Array.from({ length: 2_001 }, (_, n) => `arn:aws:s3:::b/${n}`);
    const asked = { principal, action: 's3:GetObject', resource: 'arn:aws:s3:::b' };
    const requestsWith = (further: readonly string[]) => {
      const given = { requests: [{ ...asked, furtherResources: further }, ...Array.from({ length: 39 }, () => asked)] };
      finished(compiled?.ahead(given) ?? nothing());
      return compiled?.(given)?.['requests'] as readonly unknown[];
    };
    expect(isKnownWellFormed(requestsWith(furtherResources))).toBe(true);
    expect(isKnownWellFormed(requestsWith(furtherResources.with(7, 'none')))).toBe(false);
  });
});

function* nothing(): Steps<void> {}
