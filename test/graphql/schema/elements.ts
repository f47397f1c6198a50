import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';

/** A field, argument or input field, or what else of a schema has a name and a description. */
export interface Element {
  /** `Type`, `Type.field`, `Type.field(argument)`, `Input.field` or `Enum.VALUE`. */
  readonly at: string;
  /** Its own name, without that of what it is part of. */
  readonly name: string;
  readonly description: string | null;
  /** Left out: it has none, being a type or a value itself. */
  readonly type?: GraphQLType;
  readonly kind: 'type' | 'value' | 'field' | 'argument' | 'inputField';
}

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

interface Field extends Described {
  readonly type: GraphQLType;
  readonly args?: readonly GraphQLArgument[];
}

/** The types that the schema itself defines. */
export function typesOf(schema: GraphQLSchema): readonly GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
}

export function fieldsOf(type: GraphQLNamedType): readonly Field[] {
  const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  return hasFields ? Object.values<Field>(type.getFields()) : [];
}

/** Every element of the schema, with the name it is found by. */
export function elementsOf(schema: GraphQLSchema): readonly Element[] {
  return typesOf(schema).flatMap((type) => [element('type', type.name, type), ...within(type)]);
}

function within(type: GraphQLNamedType): readonly Element[] {
  if (isEnumType(type)) return type.getValues().map((value) => element('value', `${type.name}.${value.name}`, value));
  return fieldsOf(type).flatMap((field) => {
    const at = `${type.name}.${field.name}`;
    const args = (field.args ?? []).map((arg) => element('argument', `${at}(${arg.name})`, arg, arg.type));
    return [element(isInputObjectType(type) ? 'inputField' : 'field', at, field, field.type), ...args];
  });
}

function element(kind: Element['kind'], at: string, { name, description }: Described, type?: GraphQLType): Element {
  return { kind, at, name, description: description ?? null, ...(type === undefined ? {} : { type }) };
}
