import { buildSchema, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Work } from '../../../src/access/work.ts';
import { executeInTurns, takeTurns } from '../../../src/graphql/execution/execute-in-turns.ts';
import { executePlan } from '../../../src/graphql/execution/execute-plan.ts';
import { planQuery } from '../../../src/graphql/execution/plan.ts';

// An execution that takes long lets others in: both roads, for long lists, for many fields, and for what fields begin and wait for.
// The clock jumps at each look, so that every look finds the turn over: what is counted is how much happens between two rounds.

const SDL = `
  type Item { at: Int! later: Int! bad: Int! parts: [Item!]! }
  type Query { list: [Item!]! numbers: [Int!]! item: Item! fails: [Item] slow: [Item] costly: Int! }
`;
const LONG = { time: 1_000_000, cpu: 1_000_000_000 };
const COUNT = 2_000;

let calls = 0;
let pending = 0;
let mostPending = 0;

/** Some promises one after the other, none of which waits for a round of the event loop. */
async function chain(length: number): Promise<void> {
  pending += 1;
  mostPending = Math.max(mostPending, pending);
  for (let step = 0; step < length; step += 1) await Promise.resolve();
  pending -= 1;
}

function schemaOfItems(): GraphQLSchema {
  const schema = buildSchema(SDL);
  const items = (count: number) => Array.from({ length: count }, (_, at) => ({ at }));
  const resolvers: Readonly<Record<string, Readonly<Record<string, (source: { at: number }) => unknown>>>> = {
    Query: {
      list: () => items(COUNT),
      numbers: () => items(COUNT).map(({ at }) => at),
      item: () => ({ at: 1 }),
      costly: () => {
        calls += 1;
        return 1;
      },
      fails: async () => [...items(COUNT), Promise.reject(new Error('the last one'))],
      slow: () => items(COUNT).map(async (item) => item),
    },
    Item: {
      at: ({ at }) => {
        calls += 1;
        return at;
      },
      later: async ({ at }) => {
        await chain(10);
        return at;
      },
      bad: async () => {
        throw new Error('bad');
      },
      parts: () => items(5),
    },
  };
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const [name, resolve] of Object.entries(fields)) {
      const field = (schema.getType(type) as ReturnType<GraphQLSchema['getQueryType']>)?.getFields()[name];
      if (field !== undefined) field.resolve = resolve;
    }
  }
  takeTurns(schema);
  return schema;
}

const schema = schemaOfItems();

const roads: readonly [string, (text: string, work: Work) => Promise<ExecutionResult>][] = [
  [
    'the planned execution',
    async (text, work) => {
      const plan = planQuery(schema, parse(text));
      if (plan === null) throw new Error('it is not planned');
      return (await executePlan(plan, {}, {}, work)) ?? {};
    },
  ],
  ['graphql-js', async (text, work) => executeInTurns({ schema, document: parse(text), contextValue: {} }, work)],
];

let rounds: number[];
let stopLooking: () => void;

beforeEach(() => {
  calls = 0;
  pending = 0;
  mostPending = 0;
  rounds = [];
  let isLooking = true;
  let before = 0;
  const look = (): void => {
    rounds.push(calls - before);
    before = calls;
    if (isLooking) setImmediate(look);
  };
  setImmediate(look);
  stopLooking = () => (isLooking = false);
});
afterEach(() => {
  stopLooking();
  vi.restoreAllMocks();
});

function jumpingClock(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 20));
}

describe.each(roads)('%s', (_name, run) => {
  test.each([
    ['a long list', '{ list { at } }', COUNT],
    ['a long list that is waited for', '{ slow { at } }', COUNT],
    ['short lists in a long one', '{ list { parts { at } } }', 5 * COUNT],
    ['many fields', `{ ${Array.from({ length: 300 }, (_, n) => `f${n}: item { at }`).join(' ')} }`, 300],
  ])('%s is completed in turns', async (_what, text, count) => {
    jumpingClock();
    const work = new Work(LONG);
    const { errors, data } = await run(text, work);
    expect(errors).toBeUndefined();
    expect(calls).toBe(count);
    expect(JSON.stringify(data).match(/"at":/g)).toHaveLength(count);
    // Eight values between two looks at the clock, and what was begun with them.
    expect(Math.max(...rounds)).toBeLessThan(100);
    expect(work.turns).toBeGreaterThan(count / 100);
  });

  test('fields of the operation, which can be searches, have each a turn of their own', async () => {
    jumpingClock();
    const work = new Work(LONG);
    const { data } = await run(`{ ${Array.from({ length: 50 }, (_, n) => `f${n}: costly`).join(' ')} }`, work);
    expect(Object.keys(data ?? {})).toHaveLength(50);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(2);
  });

  test('does not end because other processes had the processor meanwhile', async () => {
    vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 });
    jumpingClock();
    const work = new Work({ time: 1_000_000, cpu: 1_000 });
    const { errors, data } = await run('{ list { at } }', work);
    expect(errors).toBeUndefined();
    expect(data?.['list']).toHaveLength(COUNT);
    expect(work.turns).toBeGreaterThan(100);
  });

  test('the answer is the same, and in its order', async () => {
    jumpingClock();
    const { data } = await run('{ list { at later parts { at later } } numbers }', new Work(LONG));
    const parts = Array.from({ length: 5 }, (_, at) => ({ at, later: at }));
    const list = Array.from({ length: COUNT }, (_, at) => ({ at, later: at, parts }));
    expect(JSON.stringify(data)).toBe(JSON.stringify({ list, numbers: list.map(({ at }) => at) }));
  });

  test('an item that fails before its turn is told at its place', async () => {
    jumpingClock();
    const { errors = [], data } = await run('{ fails { at } }', new Work(LONG));
    expect(errors.map(({ message, path }) => [message, path])).toEqual([['the last one', ['fails', COUNT]]]);
    const { fails } = { ...data } as { readonly fails: readonly unknown[] };
    expect([fails.length, fails[COUNT]]).toEqual([COUNT + 1, null]);
  });

  test('what fails while others wait for their turn does not end the process', async () => {
    jumpingClock();
    const work = new Work(LONG);
    const { errors = [], data } = await run('{ list { bad at } }', work);
    expect([errors[0]?.message, data]).toEqual(['bad', null]);
    // The items that were under way go on until the request ends.
    work.stop();
  });

  test('what fields have begun gets on before more is begun', async () => {
    const { data } = await run('{ list { later } }', new Work(LONG));
    expect(JSON.stringify(data).match(/"later":/g)).toHaveLength(COUNT);
    expect(mostPending).toBeLessThan(400);
  });

  test('it ends with the work of its request', async () => {
    jumpingClock();
    const work = new Work(LONG);
    setImmediate(() => work.stop());
    await expect(run('{ list { at } }', work)).rejects.toMatchObject({ code: 'CANCELLED' });
    const sofar = calls;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(sofar);
    expect(calls).toBeLessThan(COUNT / 2);
  });

  test('a short answer takes no turn', async () => {
    const work = new Work(LONG);
    await run('{ item { at later parts { at } } }', work);
    expect(work.turns).toBe(0);
  });
});

test('a planned answer that is short is there at once', () => {
  const plan = planQuery(schema, parse('{ item { at parts { at } } }'));
  const answered = plan === null ? null : executePlan(plan, {}, {}, new Work(LONG));
  expect(answered).toEqual({ data: { item: { at: 1, parts: [0, 1, 2, 3, 4].map((at) => ({ at })) } } });
});

test('more than a request may use of the processor is told instead of the answer', async () => {
  jumpingClock();
  const work = new Work({ time: 1_000_000, cpu: 100 });
  const { errors = [], data } = await executeInTurns(
    { schema, document: parse('{ list { at } }'), contextValue: {} },
    work,
  );
  expect(data).toBeNull();
  expect(errors[0]?.originalError).toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
