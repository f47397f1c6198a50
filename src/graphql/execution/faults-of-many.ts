import {
  coerceInputValue,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import type { Steps } from '../../policy/steps.ts';
import { hasLongList } from './coerce-variables.ts';

type Variables = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** Faults that are told: as many as graphql-js tells. */
const MOST_FAULTS = 50;
/** Ends the reading of one value; never told. */
const ENOUGH = new Error('enough');

/**
 * What is wrong with an operation's variables, step by step, where they hold too many values for graphql-js, which reads them in one
 * go. Its words, without the values. Empty: nothing is found.
 */
export function* faultsOfMany(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables,
): Steps<readonly GraphQLError[]> {
  const faults: GraphQLError[] = [];
  for (const definition of variableDefinitions) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (isInputType(type) && Object.hasOwn(given, name) && hasLongList(given[name])) {
      yield* faultsIn(type, given[name], [], (path, error) => {
        faults.push(faultAt(definition, path, error));
        if (faults.length >= MOST_FAULTS) throw ENOUGH;
      });
    } else {
      const read = getVariableValues(schema, [definition], given, { maxErrors: MOST_FAULTS });
      faults.push(...(read.errors ?? []));
      yield 1;
    }
    if (faults.length >= MOST_FAULTS) break;
  }
  return faults;
}

function faultAt(definition: VariableDefinitionNode, path: Path, error: GraphQLError): GraphQLError {
  const name = definition.variable.name.value;
  const printed = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  const place = path.length > 0 ? ` at "${name}${printed}"` : '';
  const message = `Variable "$${name}" got an invalid value${place}; ${error.message}`;
  return new GraphQLError(message, { nodes: definition, originalError: error });
}

type Report = (path: Path, error: GraphQLError) => void;

/** A list that is read item by item. */
interface LongList {
  readonly type: GraphQLInputType;
  readonly items: readonly unknown[];
  readonly path: Path;
}

function* faultsIn(type: GraphQLInputType, value: unknown, path: Path, report: Report): Steps<void> {
  const lists: LongList[] = [];
  const short = hasLongList(value) ? withoutLists(type, value, path, lists) : value;
  try {
    coerceInputValue(short, type, (inner, _value, error) => report([...path, ...inner], error));
    yield 1;
    for (const list of lists) {
      for (const [index, item] of list.items.entries()) yield* faultsIn(list.type, item, [...list.path, index], report);
    }
  } catch (error) {
    if (error !== ENOUGH || path.length > 0) throw error;
  }
}

/** The value with empty lists in place of those in it that hold many values, which are put into `lists`. */
function withoutLists(type: GraphQLInputType, value: unknown, path: Path, lists: LongList[]): unknown {
  const of = isNonNullType(type) ? type.ofType : type;
  if (typeof value !== 'object' || value === null || !hasLongList(value)) return value;
  if (isListType(of)) {
    // What is no list is read as the only item of one.
    if (!Array.isArray(value)) return withoutLists(of.ofType, value, path, lists);
    lists.push({ type: of.ofType, items: value, path });
    return [];
  }
  if (!isInputObjectType(of) || Array.isArray(value)) return value;
  const fields = of.getFields();
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, field === undefined ? one : withoutLists(field.type, one, [...path, name], lists)];
    }),
  );
}
