import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { GUARDS } from '../../src/graphql/guards/table.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { fieldsOf, typesOf } from './schema/elements.ts';

const schema = buildSchema();
const types = typesOf(schema);

describe('every element of the schema', () => {
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

  test('lists hold no nulls, but for lists of answers and `nodes`: an entry of these fails alone', () => {
    const holed: string[] = [];
    for (const type of types) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const list = isNonNullType(field.type) ? field.type.ofType : field.type;
        if (isListType(list) && !isNonNullType(list.ofType)) holed.push(`${type.name}.${field.name}`);
      }
    }
    expect(holed.sort()).toEqual([
      'Query.decisions',
      'Query.decisionsFor',
      'Query.nodes',
      'Query.simulateCustomPolicies',
    ]);
  });

  test('a Decision is nullable where a question is asked for it, and always there where it is part of an answer', () => {
    const asked = new Set<string>();
    const given = new Set<string>();
    for (const type of types) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (getNamedType(field.type).name !== 'Decision') continue;
        (isNonNullType(field.type) ? given : asked).add(`${type.name === 'Query' ? 'Query.' : ''}${field.name}`);
      }
    }
    expect([...asked].sort()).toEqual([
      'Query.decision',
      'Query.decisions',
      'Query.decisionsFor',
      'Query.simulateCustomPolicies',
      // Of DecisionChange: null where the principal or role was not there.
      'after',
      // Of AccessComparison, as `otherAssumption`: null where there is no role.
      'assumption',
      'before',
      'can',
      // Of AccessDenied: null where none was made. Of AssumableRole and PrincipalAccess it is always there.
      'decision',
      // Of EscalationPath, as `lacked`: null where what is gained is not known.
      'gained',
      'lacked',
      'otherAssumption',
      'viewerCan',
    ]);
    expect([...given].sort()).toEqual(['decision', 'decisions', 'givesUp']);
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
