import { describe, expect, test } from 'vitest';
import { GraphDraft, MOST_NODES, resourceNode } from '../../../src/guard/access-graph/graph-draft.ts';
import type { GuardContext } from '../../../src/guard/context.ts';
import { startedGateway } from '../../support/gateway.ts';
import { A, policy } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const BOB = 'arn:aws:iam::222222222222:user/bob';
const WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const DEPLOYER = 'arn:aws:iam::111111111111:role/Deployer';
const BUCKET = 'arn:aws:s3:::shared-datasets';

const gateway = startedGateway();

const GRAPH = `query Graph($around: AccessGraphCenterInput!, $depth: Int) {
  accessGraph(around: $around, depth: $depth) {
    nodes { name kind accountId } edges { kind source target actions policies requires conditions limited }
    partial withheld gaps revision
  }
}`;

interface Edge {
  readonly kind: string;
  readonly source: string;
  readonly target: string;
  readonly actions: readonly string[];
  readonly policies: readonly string[];
  readonly limited: boolean;
}

async function graphOf(around: object, depth: number | null = null, authorization = gateway.as.operator) {
  const { body } = await gateway.ask(GRAPH, { variables: { around, depth }, authorization });
  return { graph: body.data?.accessGraph, errors: body.errors };
}

const between = (edges: readonly Edge[], source: string, target: string): readonly Edge[] =>
  edges.filter((edge) => edge.source === source && edge.target === target);

describe('the operator sees', () => {
  test('what a principal may assume, and what it and its roles reach by which policy', async () => {
    const { graph } = await graphOf({ principal: ALICE }, 2);
    expect(graph).toMatchObject({ partial: false, withheld: false, gaps: [], revision: expect.any(String) });
    expect(graph.nodes).toContainEqual({ name: WRITER, kind: 'ROLE', accountId: '222222222222' });
    expect(between(graph.edges, ALICE, WRITER)).toEqual([
      expect.objectContaining({
        kind: 'MAY_ASSUME',
        actions: ['sts:AssumeRole'],
        policies: expect.arrayContaining([WRITER, 'DeveloperAccess']),
        requires: [],
        limited: false,
      }),
    ]);
    expect(between(graph.edges, WRITER, `${BUCKET}/*`)).toEqual([
      expect.objectContaining({ kind: 'REACHES', policies: ['WriteDatasets'], limited: true }),
    ]);
    const assumed = graph.edges.filter(({ kind, source }: Edge) => kind === 'MAY_ASSUME' && source === ALICE);
    const { body } = await gateway.ask(
      '{ roles: assumableRoles(principal: "arn:aws:iam::111111111111:user/alice") { nodes { role { arn } } } }',
      { authorization: gateway.as.operator },
    );
    expect(new Set(assumed.map(({ target }: Edge) => target))).toEqual(
      new Set(body.data.roles.nodes.map(({ role }: { role: { arn: string } }) => role.arn)),
    );
  });

  test('who reaches a resource: each edge is a decision, and no decision is missing', async () => {
    const resource = `${BUCKET}/results.csv`;
    const { graph } = await graphOf({ resource });
    const edges: readonly Edge[] = graph.edges.filter(({ kind }: Edge) => kind === 'REACHES');
    expect(new Set(edges.map(({ source }) => source))).toEqual(new Set([ALICE, BOB, WRITER]));
    expect(between(graph.edges, ALICE, WRITER)).toHaveLength(1);
    const actions = [...new Set(edges.flatMap((edge) => edge.actions))];
    const requests = [ALICE, BOB, WRITER, DEPLOYER].flatMap((principal) =>
      actions.map((action) => ({ principal, action, resource })),
    );
    const { body } = await gateway.ask(
      'query Check($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { allowed } }',
      { variables: { requests }, authorization: gateway.as.operator },
    );
    const drawn = requests.map(({ principal, action }) =>
      between(edges, principal, resource).some((edge) => edge.actions.includes(action)),
    );
    expect(body.data.decisions.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual(drawn);
  });

  test('who may assume the roles of an account, and who reaches its resources', async () => {
    const { graph } = await graphOf({ accountId: '222222222222' });
    expect(between(graph.edges, ALICE, WRITER)).toMatchObject([{ kind: 'MAY_ASSUME' }]);
    expect(between(graph.edges, BOB, BUCKET)).toMatchObject([{ kind: 'REACHES', policies: ['DataOwner'] }]);
    const roles = await graphOf({ accountId: '111111111111' });
    expect(between(roles.graph.edges, 'ec2.amazonaws.com', 'arn:aws:iam::111111111111:role/WebServer')).toMatchObject([
      { kind: 'MAY_ASSUME' },
    ]);
    expect(roles.graph.nodes).toContainEqual({ name: 'ec2.amazonaws.com', kind: 'SERVICE', accountId: null });
  });
});

describe('others see what they could ask one by one', () => {
  test('oneself, and nothing that a role reaches about which one may not ask', async () => {
    const { graph } = await graphOf({ principal: ALICE }, 2, gateway.as.user('alice'));
    expect(graph.withheld).toBe(true);
    expect(between(graph.edges, ALICE, WRITER)).toHaveLength(1);
    expect(graph.edges.filter(({ source }: Edge) => source !== ALICE)).toEqual([]);
    // The trust policy is not hers to read.
    expect(between(graph.edges, ALICE, WRITER)[0]?.policies).not.toContain(WRITER);
  });

  test('nobody about whom one may not ask', async () => {
    const { errors } = await graphOf({ principal: ALICE }, 1, gateway.as.user('bob'));
    expect(errors[0]).toMatchObject({ path: ['accessGraph'], extensions: { code: 'FORBIDDEN' } });
    const { graph } = await graphOf({ resource: `${BUCKET}/results.csv` }, 1, gateway.as.user('alice'));
    expect(graph.withheld).toBe(true);
    expect(new Set(graph.edges.map(({ source }: Edge) => source))).toEqual(new Set([ALICE]));
  });
});

test('a center is exactly one thing, and a chain has a length', async () => {
  expect((await graphOf({ principal: ALICE, accountId: '111111111111' })).errors[0].message).toMatch(/exactly one/i);
  expect((await graphOf({ principal: ALICE }, 5)).errors[0]).toMatchObject({ extensions: { field: 'depth' } });
  expect((await graphOf({ resource: 'arn:aws:nothing:::x' })).errors[0]).toMatchObject({
    extensions: { field: 'around.resource' },
  });
});

describe('in an account of its own', () => {
  const QUEUE = `arn:aws:sqs:us-east-1:${A}:q`;
  const OPEN = `arn:aws:sqs:us-east-1:${A}:open`;
  const everybody = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
  const own = openedGateway(() => ({
    accounts: [{ id: A }],
    resources: [
      {
        arn: QUEUE,
        accountId: A,
        policy: policy({ ...everybody, Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
      },
      { arn: OPEN, accountId: A, policy: policy(everybody) },
      { arn: `arn:aws:zzz:us-east-1:${A}:thing/x`, accountId: A, policy: policy(everybody) },
    ],
  }));

  test('outsiders that are let in under conditions alone are limited, and a resource without actions is no hindrance', async () => {
    const { data, errors } = await own.ask(
      OPERATOR,
      `{ accessGraph(around: { accountId: "${A}" }) { edges { source target limited } } }`,
    );
    expect(errors).toBeUndefined();
    const { edges } = (data?.['accessGraph'] ?? {}) as { readonly edges: readonly Edge[] }; // as: what the query asks for
    expect(between(edges, '*', QUEUE)).toMatchObject([{ limited: true }]);
    expect(between(edges, '*', OPEN)).toMatchObject([{ limited: false }]);
  });
});

test('a graph has bounds, and says so', async () => {
  // as: nothing of it is read, for there are no statements
  const draft = new GraphDraft({ caller: { kind: 'operator' } } as unknown as GuardContext);
  const center = resourceNode('arn:aws:s3:::center');
  for (let i = 0; i < MOST_NODES + 10; i += 1) {
    await draft.addEdge('REACHES', resourceNode(`arn:aws:s3:::b${i}`), center, { actions: ['s3:X'], statements: [] });
  }
  const { nodes, edges, isPartial } = draft.finish(1n);
  expect([nodes.length, edges.length, isPartial]).toEqual([MOST_NODES, MOST_NODES - 1, true]);
});

test('an edge of very many parts takes turns, and ends', async () => {
  let turns = 0;
  const turn = async (): Promise<void> => {
    turns += 1;
  };
  const work = { turn, left: 1, cpuLeft: 1 };
  const draft = new GraphDraft({ caller: OPERATOR, work } as unknown as GuardContext);
  const [from, to] = [resourceNode('arn:aws:s3:::from'), resourceNode('arn:aws:s3:::to')];
  for (let i = 0; !draft.isFull && i < 60_000; i += 1) {
    await draft.addEdge('REACHES', from, to, { actions: [`s3:X${i % 3}`], statements: [] });
  }
  const { edges, isPartial } = draft.finish(1n);
  expect(edges).toMatchObject([{ actions: ['s3:X0', 's3:X1', 's3:X2'] }]);
  expect({ isPartial, turns }).toEqual({ isPartial: true, turns: 50_001 });
});
