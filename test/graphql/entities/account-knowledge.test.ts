import { describe, expect, test } from 'vitest';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const DEVELOPMENT = '111111111111';
const NEW = '444444444444';
const ALICE = `arn:aws:iam::${DEVELOPMENT}:user/alice`;
const BOB = 'arn:aws:iam::222222222222:user/bob';
const HIDDEN = 'arn:aws:s3:::hidden';
const ENDPOINT = 'vpce-0a1b2c3d4e5f60718';
const KEY = `arn:aws:kms:us-east-1:${DEVELOPMENT}:key/k`;

function document(): DirectoryDocument {
  const demo = demoDirectory();
  return {
    ...demo,
    accounts: [...(demo.accounts ?? []), { id: NEW, membership: 'NONE' }],
    resources: [
      ...(demo.resources ?? []),
      { arn: HIDDEN, accountId: DEVELOPMENT },
      { arn: KEY, accountId: DEVELOPMENT },
    ],
    vpcEndpoints: [
      {
        id: ENDPOINT,
        accountId: DEVELOPMENT,
        region: 'us-east-1',
        vpcId: 'vpc-1',
        serviceName: 'com.amazonaws.us-east-1.s3',
        type: 'Gateway',
        policy: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}',
      },
    ],
    knowledge: [
      ...(demo.knowledge ?? []).filter(({ accountId, layer }) => accountId !== DEVELOPMENT || layer !== 'GRANTS'),
      { accountId: NEW, layer: 'RESOURCE_POLICIES', service: 'sqs', state: 'COMPLETE' },
      { accountId: NEW, layer: 'RESOURCE_POLICIES', service: 's3', state: 'PARTIAL', missing: ['the policy of b'] },
    ],
  };
}

const gateway = openedGateway(document);

async function data(query: string, variables = {}, caller: Caller = OPERATOR) {
  const result = await gateway.ask(caller, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

describe('what is known of an account', () => {
  const QUERY = `query ($accountId: AccountId!) { account(accountId: $accountId) {
    knowledge { layer service state at missing } } }`;

  test('covers every layer, also those of which nothing is known', async () => {
    const nothing = { service: null, state: 'NONE', at: null, missing: [] };
    expect(await data(QUERY, { accountId: NEW })).toEqual({
      account: {
        knowledge: [
          { ...nothing, layer: 'IDENTITY_POLICIES' },
          { ...nothing, layer: 'TRUST_POLICIES' },
          { ...nothing, layer: 'PERMISSIONS_BOUNDARIES' },
          { ...nothing, layer: 'ORGANIZATION' },
          { ...nothing, layer: 'CONTROL_POLICIES' },
          { layer: 'RESOURCE_POLICIES', service: 's3', state: 'PARTIAL', at: null, missing: ['the policy of b'] },
          { layer: 'RESOURCE_POLICIES', service: 'sqs', state: 'COMPLETE', at: expect.anything(), missing: [] },
          { ...nothing, layer: 'VPC_ENDPOINTS' },
          { ...nothing, layer: 'BLOCK_PUBLIC_ACCESS' },
          { ...nothing, layer: 'GRANTS' },
        ],
      },
    });
  });

  test('is everything for the accounts of the demo', async () => {
    const query = '{ account(accountId: "222222222222") { knowledge { layer state } } }';
    const { account } = (await data(query)) as { account: { knowledge: { layer: string; state: string }[] } };
    expect(new Set(account.knowledge.map(({ state }) => state))).toEqual(new Set(['COMPLETE']));
    expect(new Set(account.knowledge.map(({ layer }) => layer)).size).toBe(9);
  });
});

test('a statement of a control policy says at which level it stands', async () => {
  const query = `query ($request: AccessRequestInput!) { decision(request: $request) { layers {
    layer matchedStatements { policyName level { kind id name } } } } }`;
  const request = { principal: ALICE, action: 's3:GetObject', resource: 'arn:aws:s3:::dev-alice/x' };
  const { decision } = (await data(query, { request })) as { decision: { layers: { layer: string }[] } };
  expect(decision.layers.find(({ layer }) => layer === 'SERVICE_CONTROL_POLICY')).toEqual({
    layer: 'SERVICE_CONTROL_POLICY',
    matchedStatements: [
      { policyName: 'FullAWSAccess', level: { kind: 'ROOT', id: 'r-ab12', name: 'Root' } },
      {
        policyName: 'FullAWSAccess',
        level: { kind: 'ORGANIZATIONAL_UNIT', id: 'ou-ab12-workload', name: 'Workloads' },
      },
      { policyName: 'FullAWSAccess', level: { kind: 'ACCOUNT', id: DEVELOPMENT, name: 'Development' } },
    ],
  });
  const identity = decision.layers.find(({ layer }) => layer === 'IDENTITY_POLICY');
  expect(identity).toMatchObject({
    matchedStatements: expect.arrayContaining([expect.objectContaining({ level: null })]),
  });
});

test('a layer of control policies says at which levels it denies', async () => {
  const query = `query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) { layers {
    layer effect deniedAt { kind id name } matchedStatements { level { id } } } } }`;
  const all = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
  const denying = { Version: '2012-10-17', Statement: { ...all.Statement, Effect: 'Deny', Principal: '*' } };
  const layersOf = async (policies: object) => {
    const requests = [{ action: 's3:GetObject', resource: 'arn:aws:s3:::b/x' }];
    const input = { caller: { principal: ALICE }, identityPolicies: [all], requests, ...policies };
    const { simulateCustomPolicies } = (await data(query, { input })) as { simulateCustomPolicies: unknown };
    return simulateCustomPolicies;
  };
  expect(await layersOf({ serviceControlPolicies: [[all], [], [all], []] })).toMatchObject([
    {
      layers: [
        {
          layer: 'SERVICE_CONTROL_POLICY',
          effect: 'IMPLICIT_DENY',
          deniedAt: [
            { kind: 'ORGANIZATIONAL_UNIT', id: 'serviceControlPolicies[1]', name: null },
            { kind: 'ACCOUNT', id: 'serviceControlPolicies[3]', name: null },
          ],
          matchedStatements: [
            { level: { id: 'serviceControlPolicies[0]' } },
            { level: { id: 'serviceControlPolicies[2]' } },
          ],
        },
        { layer: 'IDENTITY_POLICY', deniedAt: [], matchedStatements: [{ level: null }] },
      ],
    },
  ]);
  expect(await layersOf({ serviceControlPolicies: [[all]], resourceControlPolicies: [[], [denying]] })).toMatchObject([
    {
      layers: [
        {
          effect: 'EXPLICIT_DENY',
          deniedAt: [{ kind: 'ACCOUNT', id: 'resourceControlPolicies[1]' }],
          // AWS's own policy is at every level.
          matchedStatements: [0, 1, 1].map((level) => ({ level: { id: `resourceControlPolicies[${level}]` } })),
        },
        { effect: 'ALLOWED', deniedAt: [], matchedStatements: [{ level: { id: 'serviceControlPolicies[0]' } }] },
        {},
      ],
    },
  ]);
});

test('the policy of a VPC endpoint is shown to whoever may describe endpoints of its account', async () => {
  const query = `query ($request: AccessRequestInput!) { decision(request: $request) { allowed withheld layers {
    layer matchedStatements { policy } } } }`;
  const context = { 'aws:SourceVpce': ENDPOINT };
  const request = { principal: BOB, action: 's3:GetObject', resource: 'arn:aws:s3:::shared-datasets/x', context };
  const policy = `arn:aws:ec2:us-east-1:${DEVELOPMENT}:vpc-endpoint/${ENDPOINT}`;
  const shown = (policies: readonly string[]) =>
    expect.arrayContaining([
      { layer: 'VPC_ENDPOINT_POLICY', matchedStatements: policies.map((one) => ({ policy: one })) },
    ]);
  expect(await data(query, { request })).toEqual({
    decision: { allowed: true, withheld: [], layers: shown([policy]) },
  });
  expect(await data(query, { request }, signedIn(BOB))).toEqual({
    decision: { allowed: true, withheld: expect.arrayContaining(['VPC_ENDPOINT_POLICY']), layers: shown([]) },
  });
});

describe('gaps that tell of a resource are told to nobody who may not know it', () => {
  const query = 'query ($request: AccessRequestInput!) { decision(request: $request) { allowed gaps } }';

  test.each([
    [
      's3:GetObject',
      `${HIDDEN}/x`,
      `ACLs are not considered: one of ${HIDDEN}, or of an object in it, could allow s3:GetObject`,
    ],
    ['kms:Decrypt', KEY, `the grants of ${KEY} are not known: one could allow kms:Decrypt`],
  ])('%s', async (action, resource, gap) => {
    const request = { principal: BOB, action, resource };
    expect(await data(query, { request })).toMatchObject({ decision: { allowed: false, gaps: [gap] } });
    expect(await data(query, { request }, signedIn(BOB))).toMatchObject({ decision: { allowed: false, gaps: [] } });
  });
});
