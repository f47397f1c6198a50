import {
  type GraphQLArgument,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { GUARDS } from '../../src/graphql/guards/table.ts';
import { buildSchema } from '../../src/graphql/schema.ts';

const schema = buildSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

/** Every element of the schema with the name it is found by. */
function* elements(): Generator<{ readonly name: string; readonly description?: string | null | undefined }> {
  for (const type of types) {
    yield type;
    if (isEnumType(type)) {
      for (const value of type.getValues()) yield { ...value, name: `${type.name}.${value.name}` };
    }
    for (const field of fieldsOf(type)) {
      yield { name: `${type.name}.${field.name}`, description: field.description };
      for (const arg of field.args ?? []) {
        yield { name: `${type.name}.${field.name}(${arg.name})`, description: arg.description };
      }
    }
  }
}

interface Field {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly args?: readonly GraphQLArgument[];
}

function fieldsOf(type: GraphQLNamedType): readonly Field[] {
  const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  return hasFields ? Object.values<Field>(type.getFields()) : [];
}

describe('every element of the schema', () => {
  test('is described, in words of its own', () => {
    const silent = [...elements()].filter(({ description }) => (description ?? '').length < 4).map(({ name }) => name);
    expect(silent).toEqual([]);
  });

  test('is described in sentences without a full stop at the end', () => {
    const stopped = [...elements()].filter(({ description }) => description?.endsWith('.')).map(({ name }) => name);
    expect(stopped).toEqual([]);
  });

  test('is named as GraphQL names things', () => {
    const odd: string[] = [];
    for (const type of types) {
      if (!/^[A-Z][A-Za-z0-9]*$/.test(type.name)) odd.push(type.name);
      if (isEnumType(type)) {
        odd.push(...type.getValues().flatMap(({ name }) => (/^[A-Z][A-Z0-9_]*$/.test(name) ? [] : [name])));
      }
      for (const { name, args = [] } of fieldsOf(type)) {
        odd.push(...[name, ...args.map((arg) => arg.name)].filter((each) => !/^[a-z][A-Za-z0-9]*$/.test(each)));
      }
    }
    expect(odd).toEqual([]);
  });
});

describe('types', () => {
  test('input types end in Input, and nothing else does', () => {
    const odd = types.filter((type) => isInputObjectType(type) !== type.name.endsWith('Input')).map(({ name }) => name);
    expect(odd).toEqual([]);
  });

  test('lists hold no nulls, but for `nodes`, where null means that nothing is there', () => {
    const holed: string[] = [];
    for (const type of types) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const list = isNonNullType(field.type) ? field.type.ofType : field.type;
        if (isListType(list) && !isNonNullType(list.ofType)) holed.push(`${type.name}.${field.name}`);
      }
    }
    expect(holed).toEqual(['Query.nodes']);
  });

  test('fields of judgement are never null: a Decision, and a list of them', () => {
    const nullable: string[] = [];
    for (const type of types) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (getNamedType(field.type).name === 'Decision' && !isNonNullType(field.type)) {
          nullable.push(`${type.name}.${field.name}`);
        }
      }
    }
    expect(nullable).toEqual(['AccessDenied.decision']);
  });

  test('connections have edges, nodes, pageInfo and totalCount, all of them always there', () => {
    const connections = types.filter((type) => type.name.endsWith('Connection'));
    expect(connections.length).toBeGreaterThan(5);
    for (const type of connections) {
      const fields = isObjectType(type) ? type.getFields() : {};
      const always = Object.values(fields).filter((field) => isNonNullType(field.type));
      expect([type.name, ...always.map(({ name }) => name).sort()]).toEqual([
        type.name,
        'edges',
        'nodes',
        'pageInfo',
        'totalCount',
      ]);
    }
  });

  test('everything that can fail as expected says so with a code and a message', () => {
    const userError = schema.getType('UserError');
    if (!isInterfaceType(userError)) throw new Error('UserError is no interface');
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    expect(mutations.length).toBeGreaterThan(15);
    for (const { name, type } of mutations) {
      const union = getNamedType(type);
      const members = isUnionType(union) ? union.getTypes() : [];
      const failures = members.filter((member) => !member.name.endsWith('Success'));
      expect([name, members.length - failures.length]).toEqual([name, 1]);
      const silent = failures.filter((failure) => !failure.getInterfaces().includes(userError));
      expect(silent.map(({ name }) => name)).toEqual([]);
    }
  });
});

describe('who may ask', () => {
  test('every root field has a guard', () => {
    const roots = [schema.getQueryType(), schema.getMutationType()];
    const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}).map((name) => `${root?.name}.${name}`));
    expect(fields.length).toBeGreaterThan(15);
    expect(fields.filter((name) => GUARDS[name] === undefined)).toEqual([]);
  });

  test('without credentials only `viewer` answers, and what gives credentials', () => {
    const open = Object.keys(GUARDS).filter((name) => GUARDS[name]?.open === true);
    expect(open).toEqual(['Query.viewer', 'Mutation.signIn', 'Mutation.signOut', 'Mutation.assumeRoleWithWebIdentity']);
  });
});
