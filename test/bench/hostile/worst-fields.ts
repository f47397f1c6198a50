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
import { BUCKET, HOSTILE, TRUSTING, VICTIM } from './hostile-world.ts';

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
const LEFT_OUT: ReadonlySet<string> = new Set(['after', 'before', 'last', 'session', 'unchangedSince']);

export function worstFields(schema: GraphQLSchema, type: GraphQLObjectType, operation: string): readonly WorstField[] {
  return Object.values(type.getFields()).map((field): WorstField => {
    const all = argumentsOf(field);
    return {
      name: `${type.name}.${field.name}`,
      hasList: all.some((one) => containsList(one.type)),
      body: (levels, entries, page, form = 'all') => {
        const args = form === 'all' ? all : all.filter((one) => isNonNullType(one.type) || one.name === 'first');
        const declared = args.map(({ name, type: of }) => `$${name}: ${String(of)}`).join(', ');
        const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
        const directive = form === 'directive' ? ' @include(if: true)' : '';
        const call = `${args.length === 0 ? field.name : `${field.name}(${given})`}${directive}`;
        const head = args.length === 0 ? '' : `(${declared})`;
        const query = `${operation}${head} { ${call} ${selectionOf(schema, field.type, levels)} }`;
        const variables = args.map(({ name, type: of }) => [
          name,
          name === 'first' ? page : worstOf(of, name, entries),
        ]);
        return JSON.stringify({ query, variables: Object.fromEntries(variables) });
      },
    };
  });
}

function argumentsOf({ args }: GraphQLField<unknown, unknown>): readonly GraphQLArgument[] {
  return args.filter(({ name, type }) => isNonNullType(type) || !LEFT_OUT.has(name));
}

/** Of each type beneath: what takes no required arguments. Where types differ (unions), the fields of each. */
function selectionOf(schema: GraphQLSchema, output: GraphQLOutputType, levels: number): string {
  const type = getNamedType(output);
  if (!isCompositeType(type)) return '';
  if (levels === 0) return '{ __typename }';
  const of = (object: GraphQLObjectType): string =>
    Object.values(object.getFields())
      .filter(
        ({ name, args }) =>
          name !== 'edges' && !args.some((one) => isNonNullType(one.type) && one.defaultValue === undefined),
      )
      .filter((field) => levels > 1 || !isCompositeType(getNamedType(field.type)))
      .map((field) => `${field.name} ${selectionOf(schema, field.type, levels - 1)}`)
      .join(' ');
  if (isObjectType(type)) return `{ __typename ${of(type)} }`;
  const [first] = schema.getPossibleTypes(type);
  return first === undefined ? '{ __typename }' : `{ __typename ... on ${first.name} { ${of(first)} } }`;
}

function containsList(type: GraphQLInputType): boolean {
  if (isNonNullType(type)) return containsList(type.ofType);
  if (isListType(type)) return true;
  return isInputObjectType(type) && Object.values(type.getFields()).some((field) => containsList(field.type));
}

function worstOf(type: GraphQLInputType, name: string, entries: number, index = 0): unknown {
  if (isNonNullType(type)) return worstOf(type.ofType, name, entries, index);
  if (isListType(type)) return Array.from({ length: entries }, (_, n) => worstOf(type.ofType, name, 1, n + index));
  if (isEnumType(type)) return (type.getValues().find((one) => one.name === 'NAME') ?? type.getValues()[0])?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((one) => isNonNullType(one.type) || !LEFT_OUT.has(one.name));
    return Object.fromEntries(fields.map((one) => [one.name, worstOf(one.type, one.name, entries, index)]));
  }
  return (SCALARS[type.name] ?? textOf)(name, index);
}

/** What a mutation is made on, by the name of the argument. */
const TARGETS: readonly (readonly [RegExp, string])[] = [
  [/^userArn$/, VICTIM.user],
  [/^(roleArn|role|assumedRole)$/, TRUSTING],
  [/^groupArn$/, VICTIM.group],
  [/^(policyArn|permissionsBoundary|sessionPolicyArns)$/, VICTIM.policy],
  [/^serialNumber$/, VICTIM.device],
  [/^arn$/, VICTIM.provider],
];

const textOf = (name: string, index: number): unknown => {
  if (name === 'accessKeyId') return VICTIM.key;
  if (name === 'policyName') return 'Many';
  if (name === 'url') return `https://x${index}.example.com`;
  if (name === 'jwks') return '{"keys":[]}';
  if (name === 'id' || name === 'ids') return nodeId(index);
  if (name === 'action') return 's3:GetObject';
  if (name === 'actions') return `s3:*${index}*`;
  if (name === 'services') return 's3';
  return name === 'search' ? 'a' : name === 'path' ? '/' : `x${index}`;
};

/** The id of a role, as the gateway returns it. */
function nodeId(index: number): string {
  return Buffer.from(`Role:${TRUSTING.replace(/\d+$/, String(index % 200))}`).toString('base64');
}

/** The worst value of each scalar. */
const SCALARS: Readonly<Record<string, (name: string, index: number) => unknown>> = {
  Int: (name) => (name === 'maxDepth' ? 4 : 1000),
  Boolean: () => true,
  AccountId: () => '111111111111',
  ID: (_name, index) => nodeId(index),
  Arn: (name, index) => TARGETS.find(([form]) => form.test(name))?.[1] ?? `${BUCKET}/${'a'.repeat(900)}${index}`,
  PrincipalId: () => HOSTILE,
  DateTime: () => '2026-11-26T00:00:00.000Z',
  RequestContext: (_name, index) => ({ 'aws:UserAgent': `x${index}`.repeat(100), 'aws:TagKeys': ['a', 'b', 'c'] }),
  Revision: () => 'r0000000000000000001',
  PolicyDocument: (_name, index) => worstDocument(index, index === 0 ? 120_000 : 20_000),
  JSON: () => ({}),
};

/** The longest document that there may be: every entry is another pattern, that has to be compared with the whole catalogue. */
export function worstDocument(index: number, length = 260_000): string {
  const statement = (n: number) => ({
    Effect: 'Allow',
    Action: Array.from({ length: 20 }, (_, i) => `ec2:*${index}a${n}*b${i}*`),
    Resource: Array.from({ length: 20 }, (_, i) => `arn:aws:ec2:*:*:*a${n}*b*c*${i}`),
    Condition: { StringLike: { [`aws:reqesttag/${n}`]: ['*a*b*'], [`ec2:reqion${n}`]: '*' } },
  });
  const one = JSON.stringify(statement(10_000)).length + 1;
  const Statement = Array.from({ length: Math.max(1, Math.floor(length / one)) }, (_, n) => statement(n));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
