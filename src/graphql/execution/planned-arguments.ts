import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getArgumentValues,
  isNonNullType,
  Kind,
  valueFromAST,
} from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** The arguments of a field, from coerced variables. A new object each time, unless there are none. Throws what graphql-js throws. */
export type ArgumentsOf = (variables: Values) => Record<string, unknown>;

/** Puts one argument into the object; false: graphql-js has to do it. */
type Put = (into: Record<string, unknown>, variables: Values) => boolean;

/**
 * The arguments of a field as graphql-js's getArgumentValues makes them: variables are passed on as they are, values that are
 * no objects are read once, and all else is left to graphql-js.
 */
export function compileArguments(definition: GraphQLField<unknown, unknown>, node: FieldNode): ArgumentsOf {
  const given = new Map((node.arguments ?? []).map((argument) => [argument.name.value, argument]));
  const puts = definition.args.flatMap((argument) => putOf(argument, given.get(argument.name)) ?? []);
  const left: ArgumentsOf = (variables) => getArgumentValues(definition, node, variables);
  if (puts.includes(leave)) return left;
  if (puts.length === 0) return () => NONE;
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const put of puts) if (!put(values, variables)) return left(variables);
    return values;
  };
}

const NONE: Record<string, unknown> = Object.freeze({});
const leave: Put = () => false;

/** Null: nothing has to be put. */
function putOf(definition: GraphQLArgument, argument: ArgumentNode | undefined): Put | null {
  const { name, type, defaultValue } = definition;
  const isRequired = isNonNullType(type);
  if (argument === undefined) {
    if (defaultValue === undefined) return isRequired ? leave : null;
    return (into) => {
      into[name] = defaultValue;
      return true;
    };
  }
  const { value } = argument;
  if (value.kind === Kind.VARIABLE) {
    const variable = value.name.value;
    return (into, variables) => {
      const passed = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      if (passed === undefined || (passed === null && isRequired)) return false;
      into[name] = passed;
      return true;
    };
  }
  const read: unknown = value.kind === Kind.LIST || value.kind === Kind.OBJECT ? {} : literal(value, definition);
  if (read === undefined || (typeof read === 'object' && read !== null)) return leave;
  return (into) => {
    into[name] = read;
    return true;
  };
}

/** Undefined: it cannot be read now. */
function literal(value: ArgumentNode['value'], { type }: GraphQLArgument): unknown {
  try {
    const read: unknown = valueFromAST(value, type);
    return read === null && isNonNullType(type) ? undefined : read;
  } catch {
    return undefined;
  }
}
