import * as fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  responsePathAsArray,
  validate,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executePlan } from '../../../src/graphql/execution/execute-plan.ts';
import { planQuery } from '../../../src/graphql/execution/plan.ts';
import { runs } from '../../support/runs.ts';

const RUNS = runs(400);

// The planned execution answers as graphql-js does, byte for byte: values, nulls where something failed, and the order of errors. The fields
// of a small schema succeed, fail, answer null, or come later, as a number says that is generated.

const SDL = `
  interface Named { name: String! mate: Named }
  type Dog implements Named { name: String! mate: Named owner: Person! barks: Boolean tags: [String!]! }
  type Person implements Named { name: String! mate: Named age: Int dogs(first: Int! = 2, kind: Kind): [Dog]! all: [[Named!]!] boss: Person! }
  union Any = Dog | Person
  enum Kind { BIG SMALL }
  input Filter { kinds: [Kind!] = [BIG] least: Int }
  type Query {
    person(name: String, filter: Filter): Person
    sure: Person!
    named: [Named!]
    any: Any
    kind(kind: Kind = SMALL): Kind
    count: Int!
    people: [Person]
    crowd: [Person!]!
  }
`;

type Outcome = 'value' | 'null' | 'throw' | 'error' | 'later' | 'later null' | 'reject' | 'much later' | 'reject later';
const OUTCOMES: readonly Outcome[] = [
  'value',
  'value',
  'value',
  'value',
  'later',
  'later',
  'much later',
  'null',
  'later null',
  'throw',
  'error',
  'reject',
  'reject later',
];

/** A number that follows from a text, spread evenly. */
function hashOf(content: string): number {
  let hash = 2166136261;
  for (const char of content) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

interface Seeded {
  readonly seed: number;
  readonly calls: string[];
}

function schemaOfOutcomes(): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) {
      type.resolveType = (_value, { seed }: Seeded, info) => {
        const hash = hashOf(`${seed} type ${responsePathAsArray(info.path).join('.')}`);
        const name = hash % 17 === 0 ? 'Nothing' : hash % 2 === 0 ? 'Dog' : 'Person';
        return hash % 5 === 0 ? turns(hash % 3).then(() => name) : name;
      };
    }
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    if (type.name === 'Dog')
      type.isTypeOf = (_value, { seed }: Seeded, { path }) => hashOf(`${seed} is ${String(path.key)}`) % 11 !== 0;
    for (const field of Object.values(type.getFields())) {
      // Without a resolver now and then: the property of the parent.
      if (field.name === 'barks') continue;
      field.resolve = (_parent, args, { seed, calls }: Seeded, info) => {
        const at = responsePathAsArray(info.path).join('.');
        calls.push(
          `${info.parentType.name}.${info.fieldName} ${at} ${JSON.stringify(args)} ${JSON.stringify(info.variableValues)}`,
        );
        return answer(String(field.type).replaceAll('!', ''), `${seed} ${at}`);
      };
    }
  }
  return schema;
}

function answer(type: string, seed: string): unknown {
  const hash = hashOf(seed);
  const value = () => madeOf(type, seed);
  const outcome = OUTCOMES[hash % OUTCOMES.length];
  switch (outcome) {
    case 'null':
      return null;
    case 'throw':
      throw hash % 2 === 0
        ? new Error(`thrown ${seed}`)
        : new GraphQLError(`told ${seed}`, { extensions: { code: 'X' } });
    case 'error':
      return new Error(`returned ${seed}`);
    case 'later':
      return Promise.resolve(value());
    case 'later null':
      return Promise.resolve(null);
    case 'much later':
      return turns(hash % 4).then(value);
    case 'reject':
      return Promise.reject(new Error(`rejected ${seed}`));
    case 'reject later':
      return turns(hash % 4).then(() => Promise.reject(new Error(`rejected later ${seed}`)));
    case 'value':
    case undefined:
      return value();
    default:
      return outcome satisfies never;
  }
}

function madeOf(type: string, seed: string): unknown {
  const hash = hashOf(`${seed} value`);
  if (type.startsWith('[')) {
    const item = type.slice(1, -1);
    const length = hash % 4;
    if (hash % 13 === 0) return 'no list';
    const items = Array.from({ length }, (_, index) => {
      const one = `${seed}.${index}`;
      if (hashOf(one) % 3 !== 0) return hashOf(one) % 9 === 0 ? null : madeOf(item, one);
      return turns(hashOf(one) % 3).then(() => {
        if (hashOf(one) % 7 === 0) throw new Error(`item ${one}`);
        return hashOf(one) % 9 === 0 ? null : madeOf(item, one);
      });
    });
    return hash % 5 === 0 ? new Set(items) : items;
  }
  if (type === 'String') return hash % 19 === 0 ? {} : `text ${hash % 100}`;
  if (type === 'Int') return hash % 19 === 0 ? 'no number' : hash % 100;
  if (type === 'Boolean') return hash % 2 === 0;
  if (type === 'Kind') return hash % 7 === 0 ? 'HUGE' : 'BIG';
  return { barks: hash % 3 === 0 ? null : () => true };
}

const schema = schemaOfOutcomes();

const PERSON = ['name', 'age', 'mate', 'dogs', 'all', 'boss', '__typename'];
const DOG = ['name', 'mate', 'owner', 'barks', 'tags', '__typename'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Query: ['person', 'sure', 'named', 'any', 'kind', 'count', 'people', 'crowd', '__typename'],
  Person: [...PERSON, '... on Named', '... on Person', '...P'],
  Dog: [...DOG, '... on Dog', '...D'],
  Named: ['name', 'mate', '__typename', '... on Dog', '... on Person', '...P', '...D', '...'],
  Any: ['__typename', '... on Dog', '... on Named', '...D', '...P'],
};
const TYPES: Readonly<Record<string, string>> = {
  person: 'Person',
  sure: 'Person',
  people: 'Person',
  crowd: 'Person',
  named: 'Named',
  any: 'Any',
  mate: 'Named',
  dogs: 'Dog',
  all: 'Named',
  boss: 'Person',
  owner: 'Person',
};
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  person: [
    '',
    '(name: "a")',
    '(name: $name)',
    '(filter: $filter)',
    '(filter: { kinds: [SMALL, $kind] })',
    '(filter: null)',
  ],
  dogs: ['', '(first: 1)', '(first: $first)', '(kind: $kind)', '(kind: BIG, first: $first)'],
  kind: ['', '(kind: BIG)', '(kind: null)'],
};

const DIRECTIVES = [
  ' @include(if: $yes)',
  ' @include(if: $no)',
  ' @skip(if: $yes)',
  ' @skip(if: $no) @include(if: $yes)',
  ' @skip(if: true)',
  ' @include(if: true)',
];

/** A selection set on a type, as text. Fields of one name and the same arguments are merged, unless they have names of their own. */
function selection(type: string, depth: number, counter: { next: number }, choose: (among: number) => number): string {
  const names = (FIELDS[type] ?? []).filter(
    (name) => depth > 0 || (TYPES[name] === undefined && !name.startsWith('... ') && name !== '...'),
  );
  const parts = Array.from({ length: 1 + choose(4) }, () => {
    const name = names[choose(names.length)] ?? '__typename';
    const directive = DIRECTIVES[choose(30)] ?? '';
    if (name.startsWith('...')) {
      const on = name.slice(7);
      if (name === '...P' || name === '...D') return `${name}${directive}`;
      return `${name}${directive} { ${selection(on === '' ? type : on, depth - 1, counter, choose)} }`;
    }
    const all = ARGUMENTS[name] ?? [''];
    const given = choose(all.length);
    const inner = TYPES[name] === undefined ? '' : ` { ${selection(TYPES[name], depth - 1, counter, choose)} }`;
    const alias = choose(3) === 0 ? `f${counter.next++}` : `${name.replaceAll('_', '')}${given}`;
    return `${alias}: ${name}${all[given]}${directive}${inner}`;
  });
  return parts.join(' ');
}

function documentOf(seed: number): string {
  let state = seed;
  const choose = (among: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % among;
  };
  const body = selection('Query', 4, { next: 0 }, choose);
  const variables = [
    'name: String',
    'first: Int!',
    'kind: Kind!',
    'filter: Filter',
    'yes: Boolean!',
    'no: Boolean = false',
  ].filter((one) => body.includes(`$${one.split(':')[0]}`));
  const definitions = variables.length === 0 ? '' : `(${variables.map((one) => `$${one}`).join(', ')})`;
  const fragments = [
    body.includes('...P') ? ' fragment P on Person { pn: name pa: age pd: dogs { db: barks ...D } }' : '',
    /\.\.\.[DP]/.test(body) ? ' fragment D on Dog { dn: name do: owner { on: name } }' : '',
  ];
  const used = body.includes('...P') || body.includes('...D') ? fragments : [];
  return `query ${definitions} { ${body} }${used.join('')}`;
}

interface Ran {
  readonly text: string;
  readonly calls: readonly string[];
}

async function ran(run: (context: Seeded) => ExecutionResult | Promise<ExecutionResult>, seed: number): Promise<Ran> {
  const calls: string[] = [];
  const result = await run({ seed, calls });
  // Fields go on after the answer, where one beside them has made it null.
  await new Promise((resolve) => setImmediate(resolve));
  const errors = result.errors?.map((error) => ({ ...error.toJSON(), message: plain(error.message) }));
  return { text: JSON.stringify(errors === undefined ? result : { errors, data: result.data }), calls };
}

/** Faults of resolvers, which are masked for clients: graphql-js prints what it got. */
function plain(message: string): string {
  return message
    .replace(/^(Expected value of type "\w+") but got: .*$/, '$1.')
    .replace(/^(Abstract type "\w+" was resolved to) .*$/, '$1 none of its types.');
}

/** Failures that nobody handles: graphql-js leaves them where an item of a list fails at once and others fail later. */
let unhandled = 0;
const listeners = process.rawListeners('unhandledRejection');
beforeAll(() => {
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', () => (unhandled += 1));
});
afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener as () => void); // as: it was one before
});

test('a planned execution answers as graphql-js does', async () => {
  let planned = 0;
  let failed = 0;
  let left = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), async (documentSeed, seed) => {
      const document = parse(documentOf(documentSeed));
      expect(validate(schema, document)).toEqual([]);
      const plan = planQuery(schema, document);
      if (plan === null) {
        left += 1;
        return;
      }
      planned += 1;
      const variables = {
        name: 'n',
        first: 3,
        kind: 'SMALL',
        yes: seed % 5 !== 0,
        ...(seed % 2 === 0 ? { filter: { least: 1 } } : {}),
        ...(seed % 3 === 0 ? { no: true } : {}),
      };
      const theirs = await ran(
        (contextValue) => execute({ schema, document, contextValue, variableValues: variables }),
        seed,
      );
      const ours = await ran((context) => executePlan(plan, context, variables) ?? { data: { refused: true } }, seed);
      if (theirs.text.includes('"errors"')) failed += 1;
      expect(ours).toEqual(theirs);
    }),
    { numRuns: RUNS },
  );
  expect(planned).toBeGreaterThan((2 * RUNS) / 3);
  expect(failed).toBeGreaterThan(RUNS / 5);
  expect(left).toBeLessThan(planned);
});

test('what other items of a failed list fail with later does not end the process', async () => {
  const list = buildSchema('type Query { all: [Item!] } type Item { name: String! }');
  const later = async (): Promise<never> => {
    await turns(3);
    throw new Error('later');
  };
  const all = list.getQueryType()?.getFields()['all'];
  if (all !== undefined) all.resolve = () => [later(), { name: later }, new Error('at once'), later()];
  const plan = planQuery(list, parse('{ all { name } }'));
  unhandled = 0;
  const { errors = [], data } = (plan === null ? null : await executePlan(plan, {}, {})) ?? {};
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors.map(({ message }) => message)).toEqual(['at once']);
  expect(data).toEqual({ all: null });
  expect(unhandled).toBe(0);
});

describe('left to graphql-js', () => {
  test.each([
    [
      'directives on many variables',
      `query (${'abcde'.replace(/./g, '$$$&: Boolean! ')}) { ${'abcde'.replace(/./g, '$&: count @skip(if: $$$&) ')} }`,
    ],
    ['the schema', '{ __schema { __typename } }'],
    ['a name that is a prototype', '{ __proto__: count }'],
    ['a variable that is a prototype', 'query ($__proto__: Kind) { kind(kind: $__proto__) }'],
  ])('%s', (_what, text) => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    expect(planQuery(schema, document)).toBeNull();
  });

  test('a directive whose variable has no value', () => {
    const document = parse('query ($no: Boolean = true) { count @skip(if: $no) }');
    const plan = planQuery(schema, document);
    expect(plan).not.toBeNull();
    if (plan === null) return;
    expect(executePlan(plan, { seed: 1, calls: [] }, { no: null })).toBeNull();
    expect(executePlan(plan, { seed: 1, calls: [] }, {})).toEqual({ data: {} });
  });

  test('variables that are refused', () => {
    const document = parse('query ($kind: Kind!) { kind(kind: $kind) }');
    const plan = planQuery(schema, document);
    expect(plan).not.toBeNull();
    if (plan === null) return;
    expect(executePlan(plan, { seed: 1, calls: [] }, { kind: 'HUGE' })).toBeNull();
    expect(executePlan(plan, { seed: 1, calls: [] }, { kind: 'BIG' })).not.toBeNull();
  });
});
