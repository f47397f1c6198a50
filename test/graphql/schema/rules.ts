import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { type Element, elementsOf, fieldsOf, typesOf } from './elements.ts';
import { argumentNames } from './names.ts';

export interface Fault {
  readonly at: string;
  readonly message: string;
}

/** Finds what a schema has against a rule. `guarded`: fields that need a right of their own, as `Type.field`. */
export type Rule = (schema: GraphQLSchema, guarded: readonly string[]) => readonly Fault[];

/** A field that its caller may be refused is null then, with an error at its path; its siblings answer. */
const guardedIsNullable: Rule = (schema, guarded) =>
  guarded.flatMap((at) => {
    const [typeName = '', fieldName = ''] = at.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) return [{ at, message: 'is guarded, and not there' }];
    return isNonNullType(field.type) ? [{ at, message: `needs a right of its own, and is ${String(field.type)}` }] : [];
  });

/** What was committed is answered, also where a later mutation of the operation, or something beneath this one, fails. */
const mutationIsNullable: Rule = (schema) =>
  fieldsOf(schema.getMutationType() as GraphQLNamedType) // as: a schema without mutations has no field to look at
    .filter(({ type }) => isNonNullType(type))
    .map(({ name, type }) => ({
      at: `Mutation.${name}`,
      message: `is a root field of Mutation, and is ${String(type)}`,
    }));

/** `UserConnection` over `UserEdge` over `User`, each of one form, so that there is one for each noun. */
const connectionsHaveOneForm: Rule = (schema) =>
  typesOf(schema).flatMap((type) => {
    if (!isObjectType(type)) return [];
    if (type.name.endsWith('Connection')) return connectionFaults(type);
    const has = new Set(fieldsOf(type).map(({ name }) => name));
    const isPaged = has.has('edges') || has.has('pageInfo');
    return isPaged ? [{ at: type.name, message: 'is a page of something, and not named …Connection' }] : [];
  });

function connectionFaults(type: GraphQLObjectType): readonly Fault[] {
  const { nodes, edges } = type.getFields();
  const noun = nodes === undefined ? '' : getNamedType(nodes.type).name;
  const edge = edges === undefined ? null : getNamedType(edges.type);
  const faults = expectFields(type, {
    edges: `[${noun}Edge!]!`,
    nodes: `[${noun}!]!`,
    pageInfo: 'PageInfo!',
    totalCount: 'Int!',
  });
  if (type.name !== `${noun}Connection`) faults.push({ at: type.name, message: `lists ${noun}: ${noun}Connection` });
  if (isObjectType(edge)) faults.push(...expectFields(edge, { cursor: 'String!', node: `${noun}!` }));
  return faults;
}

function expectFields(type: GraphQLObjectType, expected: Readonly<Record<string, string>>): Fault[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const is = type.getFields()[name]?.type.toString() ?? 'missing';
    if (is === wanted) return [];
    return [{ at: `${type.name}.${name}`, message: `is ${is} and has to be ${wanted}` }];
  });
}

/** Whatever is a page is asked for as one. */
const connectionsArePaged: Rule = (schema) =>
  typesOf(schema).flatMap((type) =>
    fieldsOf(type).flatMap((field) => {
      if (!getNamedType(field.type).name.endsWith('Connection') || isInputObjectType(type)) return [];
      const names = new Set((field.args ?? []).map(({ name }) => name));
      const backwards = names.has('last') === names.has('before');
      if (names.has('first') && names.has('after') && backwards) return [];
      return [{ at: `${type.name}.${field.name}`, message: 'takes `first` and `after`, and `last` with `before`' }];
    }),
  );

/** Long enough to say something, and without a full stop, so that editors can put them into sentences of their own. */
const everythingIsDescribed: Rule = (schema) =>
  elementsOf(schema).flatMap(({ at, description }) => {
    if (description === null || description.trim().length < 4) return [{ at, message: 'has no description' }];
    return description.endsWith('.') ? [{ at, message: 'has a description that ends in a full stop' }] : [];
  });

/** Which scalar of ours says more than `String`, by what an element is called. */
const SCALARS: readonly (readonly [name: RegExp, scalar: string])[] = [
  [/^(arn|role|resource|resources|provider|assumedRole|instanceProfile)$|Arns?$/, 'Arn'],
  [/^(accountId|resourceAccount|sourceAccount)$|AccountId$/, 'AccountId'],
  [/^(principal|principalId|assumedBy)$/, 'PrincipalId'],
  [/^(at|from|until|expiration|issuedBefore)$|[a-z]At$/, 'DateTime'],
  [/^(document|policy|trustPolicy|sessionPolicies|policyDocument|conditions|statement)$|Document$/, 'PolicyDocument'],
  [/^context$/, 'RequestContext'],
  [/^revision$/, 'Revision'],
  [/^id$|^ids$/, 'ID'],
];

/** What has a set of values that is known is an enum, and no text to be compared with. */
const ENUMS = /^(effect|layer|deniedBy|state|outcome|severity|kind|accessLevel|accessLevels|endReason)$/;

const scalarsSayMost: Rule = (schema) =>
  elementsOf(schema).flatMap((element) => {
    const wanted = betterType(element);
    return wanted === null ? [] : [{ at: element.at, message: `is ${String(element.type)} and could be ${wanted}` }];
  });

function betterType({ name, type }: Element): string | null {
  if (type === undefined) return null;
  const named = getNamedType(type);
  if (isEnumType(named) || !isScalarType(named)) return null;
  if (ENUMS.test(name)) return 'an enum';
  const scalar = SCALARS.find(([pattern]) => pattern.test(name))?.[1];
  return scalar === undefined || scalar === named.name ? null : scalar;
}

/** The rules by their names, under which exceptions stand. */
export const RULES: Readonly<Record<string, Rule>> = {
  guardedIsNullable,
  mutationIsNullable,
  connectionsHaveOneForm,
  connectionsArePaged,
  everythingIsDescribed,
  scalarsSayMost,
  argumentNames,
};
