import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { ORDERS, orderArn } from '../../support/own-service.ts';
import { A, allow, aUser, deny, policy, userArn } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const BOB = userArn('bob');

/** The service as a mutation takes it. */
const INPUT = {
  ...ORDERS,
  conditionKeys: [
    { name: 'orders:Channel', type: 'STRING' },
    { name: 'orders:Amounts', type: 'NUMERIC', isMultivalued: true },
  ],
};

let services: TestServices;
let live: Live;
let alice: Caller;

beforeAll(async () => {
  ({
    services,
    live,
    callers: { alice },
  } = await openLive(
    { alice: userArn('alice') },
    {
      accounts: [{ id: A, membership: 'NONE' }],
      users: [
        aUser('alice', [
          allow(['orders:*', 'iam:Simulate*']),
          { ...deny('orders:CancelOrder', orderArn('*')), Condition: { StringEquals: { 'orders:Channel': 'web' } } },
        ]),
        aUser('bob'),
      ],
      resources: [
        {
          arn: orderArn('42'),
          accountId: A,
          policy: policy({ Effect: 'Allow', Principal: { AWS: BOB }, Action: 'orders:GetOrder', Resource: '*' }),
        },
      ],
    },
  ));
}, OPENING);
afterAll(() => services.remove());

test('nobody but the operator registers, updates and removes', async () => {
  expect(await live.outcome(alice, 'registerService', INPUT)).toBe('AccessDenied');
  expect(await live.outcome(alice, 'updateService', INPUT)).toBe('AccessDenied');
  expect(await live.outcome(alice, 'removeService', { prefix: 'orders' })).toBe('AccessDenied');
});

describe('a service that was registered', () => {
  let registered: unknown;

  beforeAll(async () => {
    const success = '... on SaveServiceSuccess { revision service { prefix isOwn actionCount } }';
    registered = await live.mutate(OPERATOR, 'registerService', INPUT, success);
  });

  test('is answered', () => {
    expect(registered).toMatchObject({
      __typename: 'SaveServiceSuccess',
      service: { prefix: 'orders', isOwn: true, actionCount: 4 },
    });
  });

  test('is in the audit trail', async () => {
    expect(await live.trail()).toContainEqual(
      expect.objectContaining({
        event: 'RegisterService',
        target: 'orders',
        principal: 'operator',
        outcome: 'SUCCEEDED',
      }),
    );
  });

  test('is decided, in singles, batches and patterns', async () => {
    const request = (action: string, resource: string, context = {}) => ({
      principal: userArn('alice'),
      action,
      resource,
      context,
    });
    const query = `query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { effect deniedBy gaps } }`;
    const { decisions } = await live.ask(alice, query, {
      requests: [
        request('orders:CancelOrder', orderArn('42')),
        request('orders:CancelOrder', orderArn('42'), { 'orders:Channel': 'web' }),
        request('orders:GetItem', `${orderArn('42')}/item/1`),
        { ...request('orders:GetOrder', orderArn('*')), resourceIsPattern: true },
      ],
    });
    expect(decisions.map(({ effect }: { effect: string }) => effect)).toEqual([
      'ALLOWED',
      'EXPLICIT_DENY',
      'ALLOWED',
      'ALLOWED',
    ]);
    expect(await live.fail(alice, query, { requests: [request('orders:GetItem', orderArn('42'))] })).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('item (') },
    ]);
  });

  test('has context values of its types', async () => {
    const query = `query ($c: RequestContext) { decision(request: { principal: "${BOB}", action: "orders:GetOrder", resource: "${orderArn('42')}", context: $c }) { effect gaps } }`;
    expect(await live.fail(alice, query, { c: { 'orders:Amounts': ['many'] } })).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('number') },
    ]);
    const { decision } = await live.ask(alice, query, { c: { 'orders:Chanel': 'web' } });
    expect(decision.effect).toBe('ALLOWED');
    expect(decision.gaps.join()).toContain('did you mean `orders:Channel`');
  });

  test('is in closed forms, and found by who can', async () => {
    const { principal } = await live.ask(
      alice,
      `{ principal(principalId: "${userArn('alice')}") { effectivePermissions { permissions(filter: { services: ["orders"] }, first: 10) {
        nodes { action allow { resources } } } } } }`,
    );
    const actions = principal.effectivePermissions.permissions.nodes.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(['orders:CancelOrder', 'orders:GetItem', 'orders:GetOrder', 'orders:ListOrders']);
    const { whoCan } = await live.ask(
      OPERATOR,
      `{ whoCan(action: "orders:GetOrder", resource: "${orderArn('42')}", first: 10) { nodes { principal { arn } } } }`,
    );
    expect(whoCan.nodes.map((node: { principal: { arn: string } }) => node.principal.arn)).toEqual([
      userArn('alice'),
      BOB,
    ]);
  });

  test('is known to the validation of policies', async () => {
    const document = policy(
      allow('orders:CancelOrder', orderArn('*')),
      allow('orders:CancelOrdr', orderArn('*')),
      allow('orders:GetItem', 'arn:aws:orders:eu-west-1:111111111111:bill/*'),
      { ...allow('orders:GetOrder', orderArn('*')), Condition: { NumericEquals: { 'orders:Channel': '1' } } },
    );
    const { validatePolicy } = await live.ask(
      alice,
      'query ($d: PolicyDocument!) { validatePolicy(document: $d, kind: IDENTITY_POLICY) { code path suggestion } }',
      { d: document },
    );
    const found = validatePolicy.map(({ code, path }: { code: string; path: string }) => `${path} ${code}`);
    expect(found).toEqual([
      'Statement[1] STATEMENT_GRANTS_NOTHING',
      'Statement[1].Action UNKNOWN_ACTION',
      'Statement[2] STATEMENT_GRANTS_NOTHING',
      'Statement[2].Action ACTION_WITHOUT_RESOURCE',
      'Statement[2].Resource UNKNOWN_RESOURCE_TYPE',
      'Statement[3].Condition.NumericEquals.orders:Channel CONDITION_KEY_NOT_SUPPORTED',
      'Statement[3].Condition.NumericEquals.orders:Channel OPERATOR_TYPE_MISMATCH',
    ]);
    expect(validatePolicy[1].suggestion).toBe('orders:CancelOrder');
  });

  test('is completed', async () => {
    const found = await live.ask(
      alice,
      `{ services(search: "ord") { nodes { prefix name isOwn } }
         actions(service: "orders", search: "cancel") { nodes { name accessLevel description conditionKeys resourceTypes { name arnFormats isRequired } } }
         conditionKeys(service: "orders", search: "orders:") { nodes { name type isMultivalued service } } }`,
    );
    expect(found.services.nodes[0]).toEqual({ prefix: 'orders', name: 'Orders of the shop', isOwn: true });
    expect(found.actions.nodes).toEqual([
      {
        name: 'orders:CancelOrder',
        accessLevel: 'WRITE',
        description: null,
        conditionKeys: ['orders:Channel'],
        resourceTypes: [{ name: 'order', arnFormats: [ORDERS.resourceTypes[0].arnPattern], isRequired: true }],
      },
    ]);
    expect(found.conditionKeys.nodes).toEqual([
      { name: 'orders:Amounts', type: 'NUMERIC', isMultivalued: true, service: 'orders' },
      { name: 'orders:Channel', type: 'STRING', isMultivalued: false, service: 'orders' },
    ]);
  });

  test('is not registered twice', async () => {
    expect(await live.outcome(OPERATOR, 'registerService', INPUT)).toBe('EntityAlreadyExists');
  });
});

test('a service is replaced whole, and removed', async () => {
  const action = { name: 'Pay', accessLevel: 'WRITE' };
  const bills = { prefix: 'bills', name: 'Bills', actions: [action, { ...action, name: 'Void' }] };
  expect(await live.outcome(OPERATOR, 'registerService', bills)).toBe('SaveServiceSuccess');
  const faulty = { ...bills, actions: [{ ...action, conditionKeys: ['bills:None'] }] };
  expect(await live.mutate(OPERATOR, 'updateService', faulty)).toMatchObject({
    __typename: 'ValidationError',
    field: 'actions[0].conditionKeys[0]',
  });
  expect(await live.outcome(OPERATOR, 'updateService', { ...bills, actions: [action] })).toBe('SaveServiceSuccess');
  const query = `{ decision(request: { principal: "${BOB}", action: "bills:Void", resource: "*" }) { effect } }`;
  expect(await live.fail(OPERATOR, query)).toMatchObject([{ message: expect.stringContaining('knows no action') }]);
  expect(await live.outcome(OPERATOR, 'removeService', { prefix: 'bills' })).toBe('RemoveServiceSuccess');
  expect(await live.outcome(OPERATOR, 'removeService', { prefix: 'bills' })).toBe('NoSuchEntity');
  const { services: found } = await live.ask(alice, '{ services(search: "bills") { nodes { prefix } } }');
  expect(found.nodes).toEqual([]);
});

test('a change of a service is tried without being made, and expects what its caller knows', async () => {
  const trips = { prefix: 'trips', name: 'Trips', actions: [{ name: 'Book', accessLevel: 'WRITE' }] };
  const change = async (name: string, type: string, input: object, options: object) => {
    const success = name === 'removeService' ? 'RemoveServiceSuccess {' : 'SaveServiceSuccess { service { name }';
    const query = `mutation ($input: ${type}!, $expectedRevision: Revision, $dryRun: Boolean) {
      ${name}(input: $input, expectedRevision: $expectedRevision, dryRun: $dryRun) {
        __typename ... on ${success} revision dryRun withheld touched { kind target } } ... on Conflict { touched { kind target } } } }`;
    return (await live.ask(OPERATOR, query, { input, ...options }))[name];
  };
  const touched = [{ kind: 'SERVICE', target: 'trips' }];
  const before = await services.directory.revision();
  const tried = await change('registerService', 'ServiceInput', trips, { dryRun: true });
  expect(tried).toMatchObject({
    __typename: 'SaveServiceSuccess',
    dryRun: true,
    withheld: false,
    touched,
    service: null,
  });
  expect(await services.directory.revision()).toBe(before);
  const known = tried.revision;
  const made = await change('registerService', 'ServiceInput', trips, { expectedRevision: known });
  expect(made).toMatchObject({ dryRun: false, touched, service: { name: 'Trips' } });
  const renamed = { ...trips, name: 'Travels' };
  expect(await change('updateService', 'ServiceInput', renamed, { expectedRevision: known })).toEqual({
    __typename: 'Conflict',
    touched,
  });
  // Also where it is already so: somebody else made it so.
  expect(await change('updateService', 'ServiceInput', trips, { expectedRevision: known })).toMatchObject({
    __typename: 'Conflict',
  });
  expect(await change('updateService', 'ServiceInput', renamed, { dryRun: true })).toMatchObject({
    touched,
    service: { name: 'Trips' },
  });
  const options = { expectedRevision: made.revision };
  expect(await change('updateService', 'ServiceInput', renamed, options)).toMatchObject({
    service: { name: 'Travels' },
  });
  expect(await change('removeService', 'RemoveServiceInput', { prefix: 'trips' }, options)).toMatchObject({
    __typename: 'Conflict',
  });
  expect(await change('removeService', 'RemoveServiceInput', { prefix: 'trips' }, { dryRun: true })).toMatchObject({
    dryRun: true,
    touched,
  });
  expect(await change('removeService', 'RemoveServiceInput', { prefix: 'trips' }, {})).toMatchObject({ touched });
});
