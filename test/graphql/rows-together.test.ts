import { type ExecutionResult, parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Work } from '../../src/access/work.ts';
import { createContext, type GatewayContext } from '../../src/graphql/context.ts';
import { executeInTurns } from '../../src/graphql/execution/execute-in-turns.ts';
import { executePlan } from '../../src/graphql/execution/execute-plan.ts';
import { planQuery } from '../../src/graphql/execution/plan.ts';
import { together } from '../../src/graphql/rows-together.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { NOW, OPERATOR } from './gateway.ts';
import { OPENING, openServices, type TestServices } from './services.ts';

const LONG = { time: 1_000_000_000, cpu: 1_000_000_000 };
const COUNT = 120;

describe('rows of a long list, whose fields are begun in turns', () => {
  let services: TestServices;
  beforeAll(async () => {
    const users = Array.from({ length: COUNT }, (_, index) => ({
      arn: `arn:aws:iam::111111111111:user/user-${index}`,
      tags: { number: String(index) },
    }));
    buildSchema();
    services = await openServices({ accounts: [{ id: '111111111111', name: 'one' }], users });
  }, OPENING);
  afterAll(() => services.remove());
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const text = `{ users(first: ${COUNT}) { nodes { uniqueId createdAt tags { value } arn } } }`;
  const roads: readonly [string, (context: GatewayContext) => Promise<ExecutionResult | null>][] = [
    [
      'the planned execution',
      async (context) => {
        const plan = planQuery(buildSchema(), parse(text));
        return plan === null ? null : executePlan(plan, context, {}, context.work);
      },
    ],
    [
      'graphql-js',
      async (context) =>
        executeInTurns({ schema: buildSchema(), document: parse(text), contextValue: context }, context.work),
    ],
  ];
  test.each(roads)('are read by one statement: %s', async (_road, run) => {
    const facts = { caller: OPERATOR, requestId: 'r', now: NOW, origin: UNKNOWN_ORIGIN, work: new Work(LONG) };
    const signInCookie = { keep: () => undefined, forget: () => undefined };
    const context = createContext(services, { ...facts, signInCookie }, {});
    // Each look at the clock finds the turn over.
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 20));
    const before = services.statements.length;
    const { errors, data } = (await run(context)) ?? {};
    expect(errors).toBeUndefined();
    const { nodes } = (data as { users: { nodes: { arn: string; tags: { value: string }[] }[] } }).users;
    expect(nodes).toHaveLength(COUNT);
    for (const { arn, tags } of nodes) expect(arn).toBe(`arn:aws:iam::111111111111:user/user-${tags[0]?.value}`);
    expect(context.work.turns).toBeGreaterThan(10);
    const reading = services.statements.slice(before).filter((sql) => sql.includes('"createdAt"'));
    expect(reading).toHaveLength(1);
  });

  test('are read by the planned execution before its fields are asked, and not by Prisma', async () => {
    const work = new Work(LONG);
    const facts = { caller: OPERATOR, requestId: 'r', now: NOW, origin: UNKNOWN_ORIGIN, work };
    const signInCookie = { keep: () => undefined, forget: () => undefined };
    const run = async (query: string, road: 'plan' | 'graphql-js') => {
      const context = createContext(services, { ...facts, signInCookie }, {});
      const document = parse(query);
      const plan = planQuery(buildSchema(), document);
      const rows = vi.spyOn(services.directory.find, 'rows');
      const before = services.statements.length;
      const result =
        road === 'plan' && plan !== null
          ? await executePlan(plan, context, {}, work)
          : await executeInTurns({ schema: buildSchema(), document, contextValue: context }, work);
      const statements = services.statements.slice(before);
      const asked = rows.mock.calls.map(([{ columns }]) => columns.map(({ name }) => name).toSorted());
      rows.mockRestore();
      return { answer: JSON.stringify(result), statements: statements.length, asked };
    };
    const planned = await run(text, 'plan');
    expect(planned.asked).toEqual([['arn', 'createdAt', 'id', 'tags']]);
    expect(planned.statements).toBe(2);
    expect(planned.answer).toBe((await run(text, 'graphql-js')).answer);
    // What the page has already is not read again, and what is more than columns is left to Pothos.
    expect((await run('{ users(first: 5) { nodes { arn name path } } }', 'plan')).asked).toEqual([]);
    const more = '{ users(first: 5) { nodes { uniqueId inlinePolicies { name } groups { name } } } }';
    const mixed = await run(more, 'plan');
    expect(mixed.asked).toEqual([['arn', 'id']]);
    expect(mixed.answer).toBe((await run(more, 'graphql-js')).answer);
  });

  test('are read by Pothos, which says what is wrong, where they cannot be read ahead', async () => {
    const work = new Work(LONG);
    const facts = { caller: OPERATOR, requestId: 'r', now: NOW, origin: UNKNOWN_ORIGIN, work };
    const context = createContext(
      services,
      { ...facts, signInCookie: { keep: () => undefined, forget: () => undefined } },
      {},
    );
    vi.spyOn(services.directory.find, 'rows').mockRejectedValue(new Error('away'));
    const plan = planQuery(buildSchema(), parse(text));
    const { errors, data } = (plan === null ? null : await executePlan(plan, context, {}, work)) ?? {};
    expect(errors).toBeUndefined();
    expect((data as { users: { nodes: { uniqueId: string }[] } }).users.nodes[0]?.uniqueId).toMatch(/^AIDA/);
  });
});

describe('rows that are asked for one by one', () => {
  const rows = new Map(['a', 'b', 'c'].map((arn) => [arn, { arn, name: `name of ${arn}` }]));
  function fake() {
    const sent: string[] = [];
    const delegate = {
      findUniqueOrThrow: async ({ where }: { where?: { arn?: string }; select?: object }) => {
        sent.push(`one ${JSON.stringify(where)}`);
        const row = rows.get(where?.arn ?? '');
        if (row === undefined) throw new Error('no such row');
        return row;
      },
      findMany: async (query: { where?: { arn?: { in: string[] } } }) => {
        sent.push(`many ${JSON.stringify(query)}`);
        return (query.where?.arn?.in ?? []).flatMap((arn) => rows.get(arn) ?? []);
      },
      count: async () => 3,
    };
    const work = new Work(LONG);
    return { sent, work, model: together(delegate, work) };
  }

  test('are read together when no turns are left, once each', async () => {
    const { sent, work, model } = fake();
    work.beginTurns();
    const select = { name: true };
    const found = ['a', 'b', 'a'].map((arn) => model.findUniqueOrThrow({ select, where: { arn } }));
    await Promise.resolve();
    expect(sent).toEqual([]);
    work.endTurns();
    expect(await Promise.all(found)).toEqual([rows.get('a'), rows.get('b'), rows.get('a')]);
    expect(sent).toEqual(['many {"select":{"name":true,"arn":true},"where":{"arn":{"in":["a","b"]}}}']);
  });

  test('are not read where nobody waits any more', async () => {
    const { sent, work, model } = fake();
    work.beginTurns();
    const found = ['a', 'b'].map((arn) => model.findUniqueOrThrow({ where: { arn } }));
    work.stop();
    work.endTurns();
    const cancelled = { status: 'rejected', reason: { code: 'CANCELLED' } };
    expect(await Promise.allSettled(found)).toMatchObject([cancelled, cancelled]);
    expect(sent).toEqual([]);
  });

  test('fail alone where one is gone', async () => {
    const { model } = fake();
    const found = ['a', 'gone'].map((arn) => model.findUniqueOrThrow({ where: { arn } }));
    expect(await Promise.allSettled(found)).toMatchObject([
      { value: rows.get('a') },
      { reason: { message: 'no such row' } },
    ]);
  });

  test('have all columns that any of them needs', async () => {
    const { sent, model } = fake();
    await Promise.all([
      model.findUniqueOrThrow({ select: { name: true }, where: { arn: 'a' } }),
      model.findUniqueOrThrow({ select: { path: true }, where: { arn: 'b' } }),
    ]);
    expect(sent).toEqual(['many {"select":{"name":true,"path":true,"arn":true},"where":{"arn":{"in":["a","b"]}}}']);
  });

  test('are not mixed with others of which more is wanted than columns', async () => {
    const { sent, model } = fake();
    const relation = (take: number) => ({ name: true, policies: { take, select: { name: true } } });
    await Promise.all([
      model.findUniqueOrThrow({ select: { name: true }, where: { arn: 'a' } }),
      model.findUniqueOrThrow({ select: relation(1), where: { arn: 'a' } }),
      model.findUniqueOrThrow({ select: relation(2), where: { arn: 'b' } }),
      model.findUniqueOrThrow({ where: { arn: 'c', name: 'x' } as never }),
    ]);
    expect(sent.toSorted()).toEqual([
      'one {"arn":"a"}',
      'one {"arn":"a"}',
      'one {"arn":"b"}',
      'one {"arn":"c","name":"x"}',
    ]);
    expect(await model.count()).toBe(3);
  });
});
