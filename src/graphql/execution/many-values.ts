import {
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** Values that graphql-js reads in one go, in some hundredths of a second. */
const MOST_VALUES = 10_000;
/** Files of an import count half, with their names and texts: an import may have as many. */
const FILE = 'ImportFileInput';
const OF_FILE = 3;

/**
 * The error for an operation that graphql-js executes, as it does all but most queries, whose variables hold so many values that others
 * would wait while it reads them; null: they do not. Documents and contexts count as one value each.
 */
export function tooManyValues(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables,
): GraphQLError | null {
  let left = MOST_VALUES;
  for (const { type: written, variable } of variableDefinitions) {
    const type = typeFromAST(schema, written);
    if (isInputType(type)) left = without(left, type, given[variable.name.value]);
  }
  if (left >= 0) return null;
  return new GraphQLError(
    `the variables hold more than ${MOST_VALUES} values, which is the limit of an operation that reads them all at once: send several`,
    { extensions: { code: 'QUERY_TOO_COMPLEX', limit: MOST_VALUES } },
  );
}

/** How many values are left when those of `value` are taken away; negative: too few, and the rest was not counted. */
function without(left: number, type: GraphQLInputType, value: unknown): number {
  if (isNonNullType(type)) return without(left, type.ofType, value);
  let rest = left - 1;
  if (typeof value !== 'object' || value === null) return rest;
  if (isListType(type)) {
    // What is no list is read as the only item of one.
    const items = Array.isArray(value) ? value : [value];
    for (let index = 0; index < items.length && rest >= 0; index += 1) rest = without(rest, type.ofType, items[index]);
  } else if (isInputObjectType(type)) {
    const fields = type.getFields();
    if (type.name === FILE) return left - Math.max(0.5, Object.keys(value).length - OF_FILE);
    for (const name in value) {
      if (rest < 0) break;
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field !== undefined)
        rest = without(rest, field.type, (value as Variables)[name]); // as: an object
      else rest -= 1;
    }
  }
  return rest;
}
