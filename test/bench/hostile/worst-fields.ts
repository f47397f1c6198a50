import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { BUCKET } from './hostile-world.ts';
import { type Choice, worstOf } from './worst-values.ts';

/** The worst operation of one field of the schema: much beneath it is selected, every argument as costly as it can be. */
export interface WorstField {
  readonly name: string;
  readonly hasList: boolean;
  /** `levels`: of selected fields. `entries`: how many each list among the arguments has. `page`: of a connection. */
  readonly body: (levels: number, entries: number, page: number, form?: FieldForm) => string;
}

/**
 * `all`: with all arguments. `bare`: without those that may be left out, which would shorten lists. `directive`: so, and executed by
 * graphql-js.
 */
export type FieldForm = 'all' | 'bare' | 'directive';

/** Levels of selected fields at most. */
export const LEVELS = 4;
/** Arguments that exclude others. */
const LEFT_OUT: readonly string[] = [
  'after',
  'before',
  'last',
  'session',
  'unchangedSince',
  'atLeast',
  'since',
  'expectedRevision',
  'upload',
];

/** Arguments, and fields of inputs, of which some exclude others: what is left out for each way to ask. */
const WAYS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  compareAccess: { 'another principal': ['assumedRole'], 'a role': ['other'] },
  whoCan: {
    actions: ['action', 'resourceIsPattern', 'onAll'],
    'all actions': ['action', 'actions', 'resourceIsPattern', 'onAll'],
    'an action': ['actions', 'resourceIsPattern', 'onAll'],
    'a pattern': ['action', 'conditional'],
  },
  escalationPaths: { 'of a principal': ['accountIds'], 'of accounts': ['principal'] },
  policies: { all: ['attachedTo'], attached: [] },
  signIn: {
    'an access key': ['operatorToken', 'sessionToken'],
    'a session': ['operatorToken', 'accessKeyId', 'secretAccessKey', 'serialNumber', 'tokenCode'],
    'the operator': ['sessionToken', 'accessKeyId', 'secretAccessKey', 'serialNumber', 'tokenCode'],
  },
  putPublicAccessBlock: { 'of an account': ['resourceArn'], 'of a bucket': ['accountId'] },
  deletePublicAccessBlock: { 'of an account': ['resourceArn'], 'of a bucket': ['accountId'] },
};
/** Characters of a document among many: policies may not be longer. Where documents alone are asked about they are. */
const SHORT_DOCUMENT = 2_000;
const LONG_DOCUMENT = 120_000;

/** How a field is asked. */
interface Way {
  readonly name: string;
  readonly leftOut: readonly string[];
  readonly oneOf: string | null;
  readonly value: string | null;
}

export function worstFields(schema: GraphQLSchema, type: GraphQLObjectType, operation: string): readonly WorstField[] {
  return Object.values(type.getFields()).flatMap((field) =>
    waysOf(field).map((way) => worstField(schema, type, operation, field, way)),
  );
}

/** One for each field of an input that takes one alone, and for each kind of a policy. */
function waysOf(field: GraphQLField<unknown, unknown>): readonly Way[] {
  const named = Object.entries(WAYS[field.name] ?? { '': [] });
  const inputs = field.args.map(({ type }) => getNamedType(type));
  const oneOf = inputs.find((type) => isInputObjectType(type) && type.isOneOf);
  const kind = inputs.find((type) => isEnumType(type) && type.name === 'PolicyKind');
  return named.flatMap(([name, leftOut]): readonly Way[] => {
    const way = { name, leftOut, oneOf: null, value: null };
    if (isInputObjectType(oneOf)) {
      return Object.keys(oneOf.getFields()).map((each) => ({ ...way, name: each, oneOf: each }));
    }
    if (isEnumType(kind)) return kind.getValues().map((each) => ({ ...way, name: each.name, value: each.name }));
    return [way];
  });
}

function worstField(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  operation: string,
  field: GraphQLField<unknown, unknown>,
  { name: way, leftOut: ofWay, oneOf, value }: Way,
): WorstField {
  const leftOut = new Set([...LEFT_OUT, ...ofWay]);
  const all = field.args.filter(({ name, type: of }) => isNonNullType(of) || !leftOut.has(name));
  const isOfDocuments = field.args.some(({ type: of }) => getNamedType(of).name === 'PolicyDocument');
  const document = isOfDocuments ? LONG_DOCUMENT : SHORT_DOCUMENT;
  return {
    name: `${type.name}.${field.name}${way === '' ? '' : ` ${way}`}`,
    hasList: all.some((one) => containsList(one.type, oneOf)),
    body: (levels, entries, page, form = 'all') => {
      const choice: Choice = { entries, leftOut, oneOf, value, document };
      const needed = NEEDED[`${field.name} ${way}`] ?? NEEDED[field.name] ?? [];
      const args = form === 'all' ? all : all.filter((one) => isNeeded(one) || needed.includes(one.name));
      const declared = args.map(({ name, type: of }) => `$${name}: ${String(of)}`).join(', ');
      const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
      const directive = form === 'directive' ? ' @include(if: true)' : '';
      const call = `${args.length === 0 ? field.name : `${field.name}(${given})`}${directive}`;
      const head = args.length === 0 ? '' : `(${declared})`;
      const query = `${operation}${head} { ${call} ${selectionOf(schema, field.type, levels)} }`;
      const variables = args.map(({ name, type: of }) => [
        name,
        name === 'first' ? page : worstOf(of, name, choice, field.name),
      ]);
      return JSON.stringify({ query, variables: Object.fromEntries(variables) });
    },
  };
}

/** Arguments of which one has to be given, although each may be left out. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'compareAccess another principal': ['other'],
  'compareAccess a role': ['assumedRole'],
  'whoCan actions': ['actions'],
  'whoCan an action': ['action'],
  checkAccessNotGranted: ['actions'],
  'whoCan a pattern': ['actions', 'resourceIsPattern'],
};

function isNeeded({ name, type }: GraphQLArgument): boolean {
  return isNonNullType(type) || name === 'first';
}

/** Arguments of fields beneath, which have to be given. */
const INNER: Readonly<Record<string, string>> = { action: '"s3:GetObject"', resource: `"${BUCKET}/x"` };
/** What most values of an interface are here. */
const USUAL = ['User', 'Role'];

/** Of each type beneath, all fields. Where types differ, the fields of one of them, and what an error says. */
function selectionOf(schema: GraphQLSchema, output: GraphQLOutputType, levels: number): string {
  const type = getNamedType(output);
  if (!isCompositeType(type)) return '';
  if (levels === 0) return '{ __typename }';
  const of = (object: GraphQLObjectType): string =>
    Object.values(object.getFields())
      .filter(({ name, args }) => name !== 'edges' && neededOf(args).every((one) => INNER[one.name] !== undefined))
      .filter((field) => levels > 1 || !isCompositeType(getNamedType(field.type)))
      .map((field) => `${field.name}${innerOf(field)} ${selectionOf(schema, field.type, levels - 1)}`)
      .join(' ');
  if (isObjectType(type)) return `{ __typename ${of(type)} }`;
  const possible = schema.getPossibleTypes(type);
  const isError = (one: GraphQLObjectType): boolean => one.getInterfaces().some(({ name }) => name === 'UserError');
  const chosen =
    possible.find(({ name }) => USUAL.includes(name)) ??
    possible.find(({ name }) => name.endsWith('Success')) ??
    possible.find((one) => !isError(one));
  const errors = possible.some(isError) ? ' ... on UserError { code message }' : '';
  return chosen === undefined
    ? `{ __typename${errors} }`
    : `{ __typename ... on ${chosen.name} { ${of(chosen)} }${errors} }`;
}

function neededOf(args: readonly GraphQLArgument[]): readonly GraphQLArgument[] {
  return args.filter((one) => isNonNullType(one.type) && one.defaultValue === undefined);
}

function innerOf({ args }: GraphQLField<unknown, unknown>): string {
  const given = neededOf(args).map(({ name }) => `${name}: ${INNER[name]}`);
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}

function containsList(type: GraphQLInputType, oneOf: string | null): boolean {
  if (isNonNullType(type)) return containsList(type.ofType, oneOf);
  if (isListType(type)) return !isEnumType(getNamedType(type));
  if (!isInputObjectType(type)) return false;
  const fields = Object.values(type.getFields()).filter(
    ({ name }) => !type.isOneOf || oneOf === null || name === oneOf,
  );
  return fields.some((field) => containsList(field.type, oneOf));
}
