import { type GraphQLArgument, type GraphQLInputField, isInputObjectType } from 'graphql';
import type { ControlPolicyType } from '../../directory/entities/organization-inputs.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';

/**
 * Reads one value for a guard from an argument, or from a field of an input. `type` is the type that the schema must have
 * there: GraphQL has then coerced the value to the type that `read` expects.
 */
export interface ArgumentReader<Value> {
  readonly type: string;
  readonly read: (value: unknown) => Value;
}

/** A reader for each value, by the name of the argument or the input's field. */
export type ArgumentReaders<Values> = { readonly [Name in keyof Values]-?: ArgumentReader<Values[Name]> };

interface Tag {
  readonly key: string;
  readonly value: string;
}

// as, in all of these: the scalars coerce to this type.
export const arn: ArgumentReader<string> = { type: 'Arn!', read: (value) => value as string };
export const accountId: ArgumentReader<string> = { type: 'AccountId!', read: (value) => value as string };
export const text: ArgumentReader<string> = { type: 'String!', read: (value) => value as string };
export const id: ArgumentReader<string> = { type: 'ID!', read: (value) => String(value) };
export const principalId: ArgumentReader<PrincipalRef> = {
  type: 'PrincipalId!',
  read: (value) => value as PrincipalRef,
};
export const policyText: ArgumentReader<string> = {
  type: 'PolicyDocument!',
  read: (value) => (value as { readonly text: string }).text,
};
/** Left out, or null: null. */
export const givenText: ArgumentReader<string | null> = {
  type: 'String',
  read: (value) => (value ?? null) as string | null,
};
export const givenTexts: ArgumentReader<readonly string[] | null> = {
  type: '[String!]',
  read: (value) => (value ?? null) as readonly string[] | null,
};
/** Left out, or null: null. */
export const givenArn: ArgumentReader<string | null> = {
  type: 'Arn',
  read: (value) => (value ?? null) as string | null,
};
export const tags: ArgumentReader<readonly Tag[]> = { type: '[TagInput!]!', read: (value) => value as readonly Tag[] };
/** Left out, or null: null. */
export const givenTags: ArgumentReader<readonly Tag[] | null> = {
  type: '[TagInput!]',
  read: (value) => (value ?? null) as readonly Tag[] | null,
};
export const tagKeys: ArgumentReader<readonly string[]> = {
  type: '[String!]!',
  read: (value) => value as readonly string[],
};
export const givenAccountIds: ArgumentReader<readonly string[] | null> = {
  type: '[AccountId!]',
  read: (value) => (value ?? null) as readonly string[] | null,
};
export const checkerScope: ArgumentReader<'ALL' | 'ACCOUNTS'> = {
  type: 'CheckerScope!',
  read: (value) => value as 'ALL' | 'ACCOUNTS',
};
export const texts: ArgumentReader<readonly string[]> = { ...tagKeys };
/** Left out, or null: null. */
export const givenPairs: ArgumentReader<readonly Tag[] | null> = {
  type: '[EncryptionContextPairInput!]',
  read: (value) => (value ?? null) as readonly Tag[] | null,
};
/** Left out, or null: null. */
export const givenAccountId: ArgumentReader<string | null> = {
  type: 'AccountId',
  read: (value) => (value ?? null) as string | null,
};
export const controlPolicyType: ArgumentReader<ControlPolicyType> = {
  type: 'ControlPolicyType!',
  read: (value) => value as ControlPolicyType,
};
/** Left out, or null: false. */
export const flag: ArgumentReader<boolean> = { type: 'Boolean', read: (value) => value === true };

/** The values for a guard, read from `given`: the arguments of a field, or its input. */
export function readValues<Values>(readers: ArgumentReaders<Values>, given: Readonly<Record<string, unknown>>): Values {
  const entries = Object.entries<ArgumentReader<unknown>>(readers);
  // as: each value comes from its reader
  return Object.fromEntries(entries.map(([name, { read }]) => [name, read(given[name])])) as Values;
}

/** The names in `readers` that the schema lacks, or has with another type; empty: none. */
export function misread(
  readers: Readonly<Record<string, ArgumentReader<unknown>>>,
  has: Readonly<Record<string, GraphQLArgument | GraphQLInputField>>,
): readonly string[] {
  return Object.entries(readers)
    .filter(([name, { type }]) => String(has[name]?.type) !== type)
    .map(([name, { type }]) => `\`${name}: ${type}\``);
}

/** The fields of the argument `input`; empty: there is none. */
export function fieldsOfInput(args: readonly GraphQLArgument[]): Readonly<Record<string, GraphQLInputField>> {
  const type: unknown = args.find(({ name }) => name === 'input')?.type;
  const nullable = typeof type === 'object' && type !== null && 'ofType' in type ? type.ofType : type;
  return isInputObjectType(nullable) ? nullable.getFields() : {};
}
