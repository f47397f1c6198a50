import { readFileSync } from 'node:fs';
import {
  buildClientSchema,
  buildSchema,
  GraphQLEnumType,
  GraphQLObjectType,
  GraphQLScalarType,
  type IntrospectionQuery,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
} from 'graphql';
import { expect, test } from 'vitest';
import { DECISIONS, DECISIONS_FOR } from '../../src/client/documents.ts';
import { SCALARS } from '../../src/client/scalars.ts';
import type { Check, DecisionEffect, DecisionFields, PolicyLayer, RequestContext } from '../../src/client/types.ts';

const SDL = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(SDL);

/** All members of a union of texts: the compiler asks for each of them, and for no other. */
const membersOf = <Name extends string>(members: Readonly<Record<Name, true>>): readonly string[] =>
  Object.keys(members);

function valuesOf(name: string): readonly string[] {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLEnumType)) throw new Error(`${name} is no enum`);
  return type.getValues().map((value) => value.name);
}

test('the enums of the client are those of the schema', () => {
  expect(membersOf<DecisionEffect>({ ALLOWED: true, EXPLICIT_DENY: true, IMPLICIT_DENY: true })).toEqual(
    valuesOf('DecisionEffect'),
  );
  const layers: Readonly<Record<PolicyLayer, true>> = {
    BLOCK_PUBLIC_ACCESS: true,
    IDENTITY_POLICY: true,
    KMS_GRANT: true,
    PERMISSIONS_BOUNDARY: true,
    RESOURCE_CONTROL_POLICY: true,
    RESOURCE_POLICY: true,
    SERVICE_CONTROL_POLICY: true,
    SESSION_POLICY: true,
    TRUST_POLICY: true,
    UNDERLYING_BUCKET_POLICY: true,
    VPC_ENDPOINT_POLICY: true,
  };
  expect(membersOf(layers)).toEqual(valuesOf('PolicyLayer'));
});

test('its documents are valid, and select what its types have', () => {
  for (const document of [DECISIONS, DECISIONS_FOR]) expect(validate(schema, parse(document))).toEqual([]);
  const decision = schema.getType('Decision');
  if (!(decision instanceof GraphQLObjectType)) throw new Error('there is no Decision');
  const fields: Readonly<Record<keyof DecisionFields, string>> = {
    effect: 'DecisionEffect!',
    deniedBy: 'PolicyLayer',
    reason: 'String!',
  };
  for (const [name, type] of Object.entries(fields)) {
    expect([name, String(decision.getFields()[name]?.type)]).toEqual([name, type]);
    for (const document of [DECISIONS, DECISIONS_FOR]) expect(document).toContain(name);
  }
});

test('its checks are inputs of the schema', () => {
  const checks: Readonly<Record<keyof Check, true>> = {
    principal: true,
    action: true,
    resource: true,
    context: true,
    assumedRole: true,
    resourceAccount: true,
  };
  const input = schema.getType('AccessRequestInput');
  const known = input !== undefined && 'getFields' in input ? Object.keys(input.getFields()) : [];
  expect(known).toEqual(expect.arrayContaining(Object.keys(checks)));
  const context: RequestContext = { 'aws:TagKeys': ['a', 'b'], 'aws:SecureTransport': true, 'orders:Amount': 3 };
  expect(context).toBeDefined();
});

test('every scalar has a type', () => {
  const scalars = Object.values(schema.getTypeMap()).filter(
    (type) => type instanceof GraphQLScalarType && !isSpecifiedScalarType(type),
  );
  expect(Object.keys(SCALARS).toSorted()).toEqual(scalars.map(({ name }) => name).toSorted());
});

test('what generators take says what the schema says', async () => {
  const maker = '../../.config/client.mjs';
  const { clientFiles } = await import(maker);
  const files: Readonly<Record<string, string>> = clientFiles(SDL);
  const introspection: IntrospectionQuery = JSON.parse(files['introspection.json'] ?? '');
  expect(printSchema(lexicographicSortSchema(buildClientSchema(introspection)))).toBe(
    printSchema(lexicographicSortSchema(schema)),
  );
  const possible = JSON.parse(files['possible-types.json'] ?? '');
  expect(possible.RegisterServiceResult.toSorted()).toEqual(
    [
      'AccessDenied',
      'Conflict',
      'EntityAlreadyExists',
      'LimitExceeded',
      'SaveServiceSuccess',
      'ValidationError',
    ].toSorted(),
  );
  expect(possible.Principal).toContain('User');
});
