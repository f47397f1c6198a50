import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';

/** Thrown, and never told: graphql-js coerces again, and says what is wrong. Made once, because a stack costs more than all else. */
const REFUSED = new Error('refused');

/** The value of a type, from JSON. Throws REFUSED, or what a scalar throws. */
type Coerce = (value: unknown) => unknown;

type Variables = Readonly<Record<string, unknown>>;

/** What graphql-js's getVariableValues makes of variables; null: it refuses them, or only it knows. */
export type CoerceVariables = (given: Variables) => Variables | null;

const compiled = new WeakMap<GraphQLSchema, Map<GraphQLInputType, Coerce>>();

/**
 * The coercion of an operation's variables: one closure for each type, made once, without graphql-js's paths and closures for
 * each value. Whatever is wrong, or rare (a list given as its one item, types of which one field is given), is left to
 * graphql-js. Null: all of it is.
 */
export function compileVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): CoerceVariables | null {
  const known = compiled.get(schema) ?? new Map<GraphQLInputType, Coerce>();
  compiled.set(schema, known);
  const variables: Variable[] = [];
  for (const definition of variableDefinitions) {
    const variable = variableOf(schema, definition, known);
    if (variable === null) return null;
    variables.push(variable);
  }
  return (given) => {
    try {
      const coerced: Record<string, unknown> = {};
      for (const { name, coerce, absent } of variables) {
        if (Object.hasOwn(given, name)) coerced[name] = coerce(given[name]);
        else absent(coerced);
      }
      return coerced;
    } catch {
      return null;
    }
  };
}

interface Variable {
  readonly name: string;
  readonly coerce: Coerce;
  /** What becomes of a variable that is not given. */
  readonly absent: (coerced: Record<string, unknown>) => void;
}

function variableOf(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  known: Map<GraphQLInputType, Coerce>,
): Variable | null {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  if (!isInputType(type) || isInherited(name)) return null;
  const { defaultValue } = definition;
  const absent = (coerced: Record<string, unknown>): void => {
    // Made anew each time, as it can be an object.
    if (defaultValue !== undefined) coerced[name] = valueFromAST(defaultValue, type);
    else if (isNonNullType(type)) throw REFUSED;
  };
  return { name, coerce: coercionOf(type, known), absent };
}

/** Names that every object has: reading and writing them means something else. */
function isInherited(name: string): boolean {
  return name in Object.prototype;
}

function coercionOf(type: GraphQLInputType, known: Map<GraphQLInputType, Coerce>): Coerce {
  const made = known.get(type);
  if (made !== undefined) return made;
  // An input type can contain itself.
  let coerce: Coerce = () => refuse();
  known.set(type, (value) => coerce(value));
  coerce = isNonNullType(type) ? nonNull(coercionOf(type.ofType, known)) : nullable(withoutNull(type, known));
  known.set(type, coerce);
  return coerce;
}

function refuse(): never {
  throw REFUSED;
}

function nonNull(coerce: Coerce): Coerce {
  return (value) => (value == null ? refuse() : coerce(value));
}

function nullable(coerce: Coerce): Coerce {
  return (value) => (value == null ? null : coerce(value));
}

function withoutNull(type: GraphQLInputType, known: Map<GraphQLInputType, Coerce>): Coerce {
  if (isListType(type)) return list(coercionOf(type.ofType, known));
  if (isInputObjectType(type)) return inputObject(type, known);
  if (!isLeafType(type)) return refuse;
  return (value) => {
    const parsed: unknown = type.parseValue(value);
    return parsed === undefined ? refuse() : parsed;
  };
}

function list(coerce: Coerce): Coerce {
  return (value) => {
    if (!Array.isArray(value)) return refuse();
    const coerced: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) coerced.push(coerce(value[index]));
    return coerced;
  };
}

function inputObject(type: GraphQLInputObjectType, known: Map<GraphQLInputType, Coerce>): Coerce {
  const definitions = Object.values(type.getFields());
  if (type.isOneOf || definitions.some(({ name }) => isInherited(name))) return refuse;
  const fields = definitions.map(({ name, type: ofField, defaultValue }) => ({
    name,
    coerce: coercionOf(ofField, known),
    defaultValue,
    required: isNonNullType(ofField) && defaultValue === undefined,
  }));
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) return refuse();
    const given = value as Variables; // as: an object of JSON
    const coerced: Record<string, unknown> = {};
    let found = 0;
    for (const { name, coerce, defaultValue, required } of fields) {
      const one = given[name];
      if (one !== undefined) {
        coerced[name] = coerce(one);
        found += 1;
      } else if (defaultValue !== undefined) coerced[name] = defaultValue;
      else if (required) refuse();
    }
    // Others are unknown.
    for (const name in given) if (Object.hasOwn(given, name)) found -= 1;
    if (found !== 0) refuse();
    return coerced;
  };
}
