import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import type { Operation } from './gateway.ts';

/** Values for what fields need, by the name of the argument or input field, or by the name of its type. */
export type Values = Readonly<Record<string, unknown>>;

function valueFor(name: string, type: GraphQLInputType, values: Values): unknown {
  if (isNonNullType(type)) return valueFor(name, type.ofType, values);
  if (isListType(type)) return [valueFor(name, type.ofType, values)];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const needed = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
    return Object.fromEntries(needed.map((field) => [field.name, valueFor(field.name, field.type, values)]));
  }
  const value = values[name] ?? values[type.name] ?? (isEnumType(type) ? type.getValues()[0]?.name : undefined);
  if (value === undefined) throw new Error(`no value for ${name}: ${type.name}`);
  return value;
}

/** An operation of `kind` that selects one field of a root type, with all that it needs. */
export function operationOf(
  kind: 'query' | 'mutation',
  field: GraphQLField<unknown, unknown>,
  values: Values,
): Operation {
  const needed = field.args.filter(isRequiredArgument);
  const variables = Object.fromEntries(needed.map(({ name, type }) => [name, valueFor(name, type, values)]));
  const declared = needed.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const query = `${kind} ${declared === '' ? '' : `(${declared})`} { ${selectionOf(field, (one) => `$${one.name}`)} }`;
  return { query, variables };
}

/** The selection of a field, with literals in place of variables: beneath other fields. */
export function literalSelection(field: GraphQLField<unknown, unknown>, values: Values): string {
  return selectionOf(field, ({ name, type }) => JSON.stringify(valueFor(name, type, values)));
}

function selectionOf({ name, args, type }: GraphQLField<unknown, unknown>, given: (arg: GraphQLArgument) => string) {
  const needed = args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${given(arg)}`);
  const beneath = isCompositeType(getNamedType(type)) ? ' { __typename }' : '';
  return `${name}${needed.length === 0 ? '' : `(${needed.join(', ')})`}${beneath}`;
}
