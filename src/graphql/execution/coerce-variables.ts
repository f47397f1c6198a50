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
import type { Steps } from '../../policy/steps.ts';
import { countMalformed, keepWellFormed, malformedSoFar } from '../malformed.ts';

/** Thrown, and never told: graphql-js coerces again, and says what is wrong. Made once, because a stack costs more than all else. */
const REFUSED = new Error('refused');

/** The value of a type, from JSON. Throws REFUSED, or what a scalar throws. */
type Coerce = (value: unknown) => unknown;

type Variables = Readonly<Record<string, unknown>>;

/** Reads variables. */
export interface CoerceVariables {
  /** What graphql-js's getVariableValues makes of them; null: it refuses them, or only it knows. */
  (given: Variables): Variables | null;
  /** Reads long lists among them, step by step: afterwards reading all of them takes no long time. */
  readonly ahead: (given: Variables) => Steps<void>;
}

/**
 * Reads objects of the form in which nearly all are given, by the names of its fields: going over the fields of a type costs several
 * times as much. Undefined: it has another form, which is read field by field. `coerce`: the coercion of a field.
 */
type ReadCommon = (coerce: (field: string) => Coerce) => (given: Variables) => object | undefined;

/** Extensions of an input object with a common form. What is made of one must be what is made field by field, defaults too. */
export function commonForm(readCommon: ReadCommon): Readonly<Record<string, unknown>> {
  return { readCommon };
}

/** Whether an object has so many members, and a value for each. */
export function hasMembers(given: Variables, count: number): boolean {
  let left = count;
  for (const name in given) {
    if (given[name] === undefined) return false;
    left -= 1;
  }
  return left === 0;
}

/** Values of JSON that are read in one go. */
const MANY = 1_000;
/** A list with fewer items is read again with what it is in. */
const KEPT = 16;
/** Items, and values in them, that are read in one step. */
const AT_ONCE = 25;
const VALUES_AT_ONCE = 500;
/** Of a list with fewer items it is not noted that nothing in it is malformed. */
const NOTED = 32;

/** Whether values of JSON are so many that they are read ahead: a long list, or lists in lists. */
export function hasLongList(value: unknown): boolean {
  return without(MANY, value) < 0;
}

/** How many are left of so many values when those of `value` are taken away; negative: too few, and the rest was not counted. */
function without(left: number, value: unknown): number {
  let rest = left - 1;
  if (typeof value !== 'object' || value === null) return rest;
  if (Array.isArray(value)) {
    if (value.length > rest) return -1;
    for (let index = 0; index < value.length && rest >= 0; index += 1) rest = without(rest, value[index]);
    return rest;
  }
  for (const key in value) {
    if (rest < 0) break;
    rest = without(rest, (value as Variables)[key]); // as: an object
  }
  return rest;
}

interface ReadAhead {
  readonly coerce: Coerce;
  readonly coerced: readonly unknown[];
  /** Whether nothing in it is malformed. */
  readonly isWhole: boolean;
}

/** What was read ahead, and how, by the list in the request. */
const readAhead = new WeakMap<readonly unknown[], ReadAhead>();

const compiled = new WeakMap<GraphQLSchema, Map<GraphQLInputType, Coerce>>();

/**
 * The coercion of an operation's variables: one closure for each type, made once, without graphql-js's paths and closures for
 * each value. Whatever is wrong, or rare (a list given as its one item), is left to graphql-js. Null: all of it is.
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
  const coerceAll = (given: Variables): Variables | null => {
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
  return Object.assign(coerceAll, {
    ahead: function* (given: Variables): Steps<void> {
      // Together they are as many as one may have.
      const most = Math.floor(MANY / Math.max(1, variables.length));
      for (const { name, type } of variables) yield* aheadOf(type, given[name], known, most);
    },
  });
}

/** Reads the lists of a value that has more values than `most`. What is refused in them is refused again when all is read. */
function* aheadOf(type: GraphQLInputType, value: unknown, known: Known, most: number = MANY): Steps<void> {
  const of = isNonNullType(type) ? type.ofType : type;
  if (without(most, value) >= 0) return;
  if (isInputObjectType(of)) {
    for (const field of Object.values(of.getFields()))
      yield* aheadOf(field.type, (value as Variables)[field.name], known, most); // as: an object
  } else if (isListType(of) && Array.isArray(value)) {
    const coerce = coercionOf(of.ofType, known);
    const before = malformedSoFar();
    const coerced: unknown[] = [];
    let [items, values] = [0, 0];
    try {
      for (let index = 0; index < value.length; index += 1) {
        const item: unknown = value[index];
        const left = without(MANY, item);
        if (left < 0) yield* aheadOf(of.ofType, item, known);
        coerced.push(coerce(item));
        items += 1;
        values += MANY - left;
        if (items < AT_ONCE && values < VALUES_AT_ONCE) continue;
        yield items;
        [items, values] = [0, 0];
      }
    } catch {
      return;
    }
    note(coerced, before);
    readAhead.set(value, { coerce, coerced, isWhole: malformedSoFar() === before });
  }
}

function note(list: readonly unknown[], before: number): void {
  if (list.length > NOTED && malformedSoFar() === before) keepWellFormed(list);
}

type Known = Map<GraphQLInputType, Coerce>;

interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly coerce: Coerce;
  /** What becomes of a variable that is not given. */
  readonly absent: (coerced: Record<string, unknown>) => void;
}

function variableOf(schema: GraphQLSchema, definition: VariableDefinitionNode, known: Known): Variable | null {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  if (!isInputType(type) || isInherited(name)) return null;
  const { defaultValue } = definition;
  const absent = (coerced: Record<string, unknown>): void => {
    // Made anew each time, as it can be an object.
    if (defaultValue !== undefined) coerced[name] = valueFromAST(defaultValue, type);
    else if (isNonNullType(type)) throw REFUSED;
  };
  return { name, type, coerce: coercionOf(type, known), absent };
}

/** Names that every object has: reading and writing them means something else. */
function isInherited(name: string): boolean {
  return name in Object.prototype;
}

function coercionOf(type: GraphQLInputType, known: Known): Coerce {
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

function withoutNull(type: GraphQLInputType, known: Known): Coerce {
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
    const ready = value.length >= KEPT ? readAhead.get(value) : undefined;
    if (ready?.coerce === coerce) {
      // Its malformed values were counted before the list that it is in.
      if (!ready.isWhole) countMalformed();
      return ready.coerced;
    }
    const before = malformedSoFar();
    const coerced: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) coerced.push(coerce(value[index]));
    note(coerced, before);
    return coerced;
  };
}

function inputObject(type: GraphQLInputObjectType, known: Known): Coerce {
  const definitions = Object.values(type.getFields());
  if (definitions.some(({ name }) => isInherited(name))) return refuse;
  if (type.isOneOf) return oneOf(new Map(definitions.map((field) => [field.name, coercionOf(field.type, known)])));
  const fields = definitions.map(({ name, type: ofField, defaultValue }) => ({
    name,
    coerce: coercionOf(ofField, known),
    defaultValue,
    required: isNonNullType(ofField) && defaultValue === undefined,
  }));
  const { readCommon } = type.extensions as { readonly readCommon?: ReadCommon }; // as: see `commonForm`
  const common = readCommon?.((name) => fields.find((field) => field.name === name)?.coerce ?? refuse);
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) return refuse();
    const given = value as Variables; // as: an object of JSON
    const read = common?.(given);
    if (read !== undefined) return read;
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

/** An input object of which exactly one field is given. */
function oneOf(fields: ReadonlyMap<string, Coerce>): Coerce {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse();
    const given = Object.entries(value);
    const [name, one] = given[0] ?? refuse();
    const coerce = fields.get(name) ?? refuse();
    return given.length === 1 && one != null ? { [name]: coerce(one) } : refuse();
  };
}
