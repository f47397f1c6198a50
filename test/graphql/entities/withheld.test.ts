import { beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { arn, guardedWorld, MANAGEMENT, MEMBER, STRANGER, type Statement, user } from '../guarded-world.ts';
import { openedGateway } from '../services.ts';

// What names or shows a policy is for who may read the policy. Everybody else is told the layer.

const WORKER = arn(MEMBER, 'user/worker');
const LOG = 'arn:aws:s3:::logs/1';
const BOUNDARY = arn(MEMBER, 'policy/AtMost');
const MANAGED = arn(MEMBER, 'policy/ReadsLogs');
const PEOPLE = arn(MEMBER, 'group/people');
const WRITER = arn(MEMBER, 'role/team/Writer');
const SCP = `arn:aws:organizations::${MANAGEMENT}:policy/o-first00000/service_control_policy/p-nosecrets`;

const ASKS: Statement = { Effect: 'Allow', Action: 'iam:SimulatePrincipalPolicy', Resource: '*' };

/** Somebody of the member account who may ask about everybody, and `more`. */
function asker(name: string, ...more: readonly Statement[]) {
  return user(MEMBER, name, ASKS, ...more);
}

const reads = (action: string, resource: string): Statement => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

const gateway = openedGateway(() =>
  guardedWorld(
    asker('asks'),
    asker('readsInline', reads('iam:GetUserPolicy', WORKER)),
    asker('readsGroup', reads('iam:GetGroupPolicy', PEOPLE)),
    asker('readsManaged', reads('iam:GetPolicyVersion', MANAGED)),
    asker('readsBoundary', reads('iam:GetPolicyVersion', BOUNDARY)),
    asker('readsRole', reads('iam:GetRole', WRITER)),
    asker('readsRolePolicy', reads('iam:GetRolePolicy', WRITER)),
    asker('readsBucket', reads('s3:GetBucketPolicy', 'arn:aws:s3:::logs')),
    asker('readsConfig', reads('config:GetResourceConfigHistory', '*')),
    user(MEMBER, 'secretive', { Sid: 'Hidden', Effect: 'Deny', Action: 's3:GetObject', Resource: '*' }),
  ),
);

const REASONED = `query ($request: AccessRequestInput!) { decision(request: $request) {
  effect reason withheld matchedStatements { policy statement }
  layers { layer effect matchedStatements { policy } } } }`;

interface Reasoned {
  readonly effect: string;
  readonly reason: string;
  readonly withheld: readonly string[];
  readonly matchedStatements: readonly { readonly policy: string; readonly statement: unknown }[];
  readonly layers: readonly { layer: string; effect: string; matchedStatements: readonly { policy: string }[] }[];
}

async function ask(caller: Caller, action: string, resource: string, more: object = {}): Promise<Reasoned> {
  const request = { principal: WORKER, action, resource, ...more };
  const { data, errors } = await gateway.ask(caller, REASONED, { request });
  expect(errors).toBeUndefined();
  return (data as { decision: Reasoned }).decision;
}

const member = (name: string): Caller => signedIn(arn(MEMBER, `user/${name}`));
const policiesOf = ({ matchedStatements }: Reasoned): readonly string[] =>
  matchedStatements.map(({ policy }) => policy);
const inLayers = ({ layers }: Reasoned): readonly string[] =>
  layers.flatMap(({ matchedStatements }) => matchedStatements.map(({ policy }) => policy));

/** Every kind of policy: what the worker is asked about, by which policy, and who may read that one. */
const KINDS = [
  {
    kind: 'an inline policy of a user',
    action: 's3:PutObject',
    layer: 'IDENTITY_POLICY',
    policy: 'Own',
    named: ': Own',
    effect: 'ALLOWED',
    readers: ['readsInline'],
  },
  {
    kind: 'an inline policy of a group',
    action: 's3:ListBucket',
    resource: 'arn:aws:s3:::logs',
    layer: 'IDENTITY_POLICY',
    policy: 'Lists',
    named: ': Lists',
    effect: 'ALLOWED',
    readers: ['readsGroup'],
  },
  {
    kind: 'a managed policy',
    action: 's3:GetObject',
    layer: 'IDENTITY_POLICY',
    policy: MANAGED,
    named: `: ${MANAGED}`,
    effect: 'ALLOWED',
    readers: ['readsManaged'],
  },
  {
    kind: 'a permissions boundary',
    action: 'sqs:SendMessage',
    resource: `arn:aws:sqs:eu-west-1:${MEMBER}:queue`,
    layer: 'PERMISSIONS_BOUNDARY',
    policy: BOUNDARY,
    named: `: ${BOUNDARY}`,
    effect: 'EXPLICIT_DENY',
    readers: ['readsBoundary'],
  },
  {
    kind: 'a service control policy',
    action: 'secretsmanager:GetSecretValue',
    resource: `arn:aws:secretsmanager:eu-west-1:${MEMBER}:secret:key`,
    layer: 'SERVICE_CONTROL_POLICY',
    policy: 'p-nosecrets',
    named: `: ${SCP}`,
    effect: 'EXPLICIT_DENY',
    // Of the organization's management account: others cannot be let read it by their own policies.
    readers: [],
  },
  {
    kind: 'the policy of a resource',
    action: 's3:DeleteObject',
    layer: 'RESOURCE_POLICY',
    policy: 'arn:aws:s3:::logs',
    named: ': arn:aws:s3:::logs',
    effect: 'ALLOWED',
    readers: ['readsBucket', 'readsConfig'],
  },
] as const;

const ALL_ASKERS = [
  'readsInline',
  'readsGroup',
  'readsManaged',
  'readsBoundary',
  'readsRole',
  'readsBucket',
  'readsConfig',
];

describe.each(KINDS)('$kind', (one) => {
  const { action, layer, policy, named, effect, readers } = one;
  const resource = 'resource' in one ? one.resource : LOG;

  test('is shown to the operator, with its name', async () => {
    const decision = await ask(OPERATOR, action, resource);
    expect(decision).toMatchObject({ effect, withheld: [], matchedStatements: [{ policy }] });
    expect(decision.reason.endsWith(named)).toBe(true);
  });

  test.each(['asks', 'worker'])('is withheld from %s, down to its layer', async (name) => {
    const decision = await ask(member(name), action, resource);
    expect(decision).toMatchObject({ effect, matchedStatements: [] });
    expect(decision.withheld).toContain(layer);
    expect(inLayers(decision)).not.toContain(policy);
    // The layer is there, with what it said.
    const toOperator = await ask(OPERATOR, action, resource);
    const said = (of: Reasoned) => of.layers.map((each) => [each.layer, each.effect]);
    expect(said(decision)).toEqual(said(toOperator));
    expect(decision.reason).toBe(toOperator.reason.slice(0, -named.length));
  });

  test('is shown to exactly those who may read it', async () => {
    for (const name of ALL_ASKERS) {
      const decision = await ask(member(name), action, resource);
      const mayRead = (readers as readonly string[]).includes(name);
      expect([name, policiesOf(decision)]).toEqual([name, mayRead ? [policy] : []]);
      expect([name, decision.withheld.includes(layer)]).toEqual([name, !mayRead]);
      expect([name, decision.reason.endsWith(named)]).toEqual([name, mayRead]);
    }
  });
});

test('a service control policy is shown to a reader of the management account, and the boundary as well', async () => {
  const reader = signedIn(arn(MANAGEMENT, 'user/reader'));
  const scp = await ask(
    reader,
    'secretsmanager:GetSecretValue',
    `arn:aws:secretsmanager:eu-west-1:${MEMBER}:secret:key`,
  );
  expect(scp).toMatchObject({ withheld: [], matchedStatements: [{ policy: 'p-nosecrets' }] });
  expect(scp.reason.endsWith(SCP)).toBe(true);
  const boundary = await ask(reader, 'sqs:SendMessage', `arn:aws:sqs:eu-west-1:${MEMBER}:queue`);
  expect(boundary).toMatchObject({ withheld: [], matchedStatements: [{ policy: BOUNDARY }] });
});

test('policies of AWS everybody may read', async () => {
  const decision = await ask(member('asks'), 's3:PutObject', LOG);
  const control = decision.layers.find(({ layer }) => layer === 'SERVICE_CONTROL_POLICY');
  expect(control).toMatchObject({ effect: 'ALLOWED', matchedStatements: [{ policy: 'p-FullAWSAccess' }, {}] });
  expect(decision.withheld).not.toContain('SERVICE_CONTROL_POLICY');
});

describe('in a role', () => {
  test('the trust policy is shown to who may read the role, its policies to who may read them', async () => {
    const inRole = { assumedRole: WRITER };
    const assume = (name: string) => ask(member(name), 'sts:AssumeRole', WRITER);
    expect(policiesOf(await assume('asks'))).toEqual([]);
    expect(inLayers(await assume('readsRole'))).toContain(WRITER);
    expect(inLayers(await assume('readsRolePolicy'))).not.toContain(WRITER);
    expect(policiesOf(await ask(member('readsRolePolicy'), 's3:PutObject', LOG, inRole))).toEqual(['Writes']);
    expect(policiesOf(await ask(member('readsRole'), 's3:PutObject', LOG, inRole))).toEqual([]);
  });

  test('what came with the question is shown: session policies', async () => {
    const document = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 's3:*', Resource: '*' } };
    const decision = await ask(member('asks'), 's3:PutObject', LOG, {
      assumedRole: WRITER,
      session: { sessionPolicies: [document] },
    });
    expect(decision).toMatchObject({
      effect: 'EXPLICIT_DENY',
      withheld: ['IDENTITY_POLICY'],
      matchedStatements: [{ policy: 'sessionPolicies[0]', statement: document.Statement }],
    });
  });
});

test('the policy of the bucket behind an access point is shown to who may read that of the bucket', async () => {
  const point = `arn:aws:s3:eu-west-1:${MEMBER}:accesspoint/logs`;
  const letsIn = { Effect: 'Allow', Principal: { AWS: WORKER }, Action: 's3:DeleteObject', Resource: `${point}/*` };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: letsIn });
  const accessPoint = { bucket: 'arn:aws:s3:::logs', vpcId: null };
  await gateway.services.directory.apply({ resources: [{ arn: point, accountId: MEMBER, policy, accessPoint }] });
  const through = (caller: Caller) => ask(caller, 's3:DeleteObject', `${point}/object/1`);
  expect(policiesOf(await through(OPERATOR))).toEqual([point, 'arn:aws:s3:::logs']);
  const withheld = await through(member('asks'));
  expect(policiesOf(withheld)).toEqual([]);
  expect(withheld.withheld).toEqual(['RESOURCE_POLICY', 'UNDERLYING_BUCKET_POLICY', 'PERMISSIONS_BOUNDARY']);
  const ofBucket = await through(member('readsBucket'));
  expect(policiesOf(ofBucket)).toEqual(['arn:aws:s3:::logs']);
  expect(ofBucket.withheld).toEqual(['RESOURCE_POLICY', 'PERMISSIONS_BOUNDARY']);
});

test('policies of a simulation are the client’s own', async () => {
  const simulator = user(MEMBER, 'simulator', reads('iam:SimulateCustomPolicy', '*'));
  await gateway.services.directory.apply({ users: [simulator] });
  const query = `query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) {
    reason withheld matchedStatements { layer } } }`;
  const all = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
  const { data } = await gateway.ask(signedIn(simulator.arn), query, {
    input: {
      caller: { principal: WORKER },
      identityPolicies: [all],
      resourcePolicy: { Version: '2012-10-17', Statement: { ...all.Statement, Principal: '*' } },
      requests: [{ action: 's3:GetObject', resource: LOG }],
    },
  });
  expect(data).toMatchObject({
    simulateCustomPolicies: [
      { withheld: [], matchedStatements: [{ layer: 'RESOURCE_POLICY' }, { layer: 'IDENTITY_POLICY' }] },
    ],
  });
});

test('terms of effective permissions stay, their statements are withheld', async () => {
  const query = `query ($filter: PermissionFilterInput) { effectivePermissions(principal: "${WORKER}") {
    permissions(filter: $filter) { nodes { action allow { resources statements { policy } } } } } }`;
  const variables = { filter: { actions: ['s3:PutObject'] } };
  const term = (policies: readonly string[]) => ({
    effectivePermissions: {
      permissions: {
        nodes: [{ action: 's3:PutObject', allow: [{ statements: policies.map((policy) => ({ policy })) }] }],
      },
    },
  });
  const toWorker = await gateway.ask(member('worker'), query, variables);
  expect(toWorker.data).toMatchObject(term(['p-FullAWSAccess', 'p-FullAWSAccess']));
  const toReader = await gateway.ask(member('readsInline'), query, variables);
  expect(JSON.stringify(toReader.data)).toContain('"Own"');
  expect(JSON.stringify(toReader.data)).not.toContain(BOUNDARY);
  expect(JSON.stringify((await gateway.ask(OPERATOR, query, variables)).data)).toContain(BOUNDARY);
});

test('a refused change names no policy either', async () => {
  const mutation = `mutation { assumeRole(input: { role: "${WRITER}", roleSessionName: "one" }) {
    ... on AccessDenied { message decision { reason withheld matchedStatements { policy } } } } }`;
  await gateway.services.directory.apply({
    users: [
      {
        ...user(MEMBER, 'barred'),
        permissionsBoundary: arn(MEMBER, 'policy/AtMost'),
        attachedPolicies: [arn(MEMBER, 'policy/NoRoles')],
      },
    ],
    policies: [
      {
        arn: arn(MEMBER, 'policy/NoRoles'),
        defaultVersionId: 'v1',
        versions: [
          {
            versionId: 'v1',
            document: JSON.stringify({
              Version: '2012-10-17',
              Statement: { Effect: 'Deny', Action: 'sts:*', Resource: '*' },
            }),
          },
        ],
      },
    ],
  });
  const sentence = `User: ${arn(MEMBER, 'user/barred')} is not authorized to perform: sts:AssumeRole on resource: ${WRITER} with an explicit deny in an identity-based policy`;
  expect((await gateway.ask(member('barred'), mutation)).data).toEqual({
    assumeRole: {
      message: sentence,
      decision: { reason: sentence, withheld: expect.arrayContaining(['IDENTITY_POLICY']), matchedStatements: [] },
    },
  });
});

describe('the levels of control policies', () => {
  const LIMITED = '400000000000';
  const ORGANIZATION = 'o-first00000';
  const level = { kind: 'ACCOUNT', id: LIMITED, name: 'Limited' };
  const target = `arn:aws:organizations::${MANAGEMENT}:account/${ORGANIZATION}/${LIMITED}`;
  const QUERY = `query ($request: AccessRequestInput!) { decision(request: $request) { deniedBy withheld
    layers { layer deniedAt { kind id name } matchedStatements { policy level { id } } } } }`;

  beforeAll(async () => {
    const [organization] = guardedWorld().organizations ?? [];
    if (organization === undefined) throw new Error('no organization');
    const only = {
      id: 'p-onlyiam',
      type: 'SERVICE_CONTROL_POLICY' as const,
      name: 'onlyiam',
      document: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'iam:*', Resource: '*' },
      }),
      targets: [LIMITED],
    };
    const { controlPolicies = [] } = organization;
    await gateway.services.directory.apply({
      organizations: [{ ...organization, controlPolicies: [...controlPolicies, only] }],
      accounts: [{ id: LIMITED, name: 'Limited', membership: { organizationId: ORGANIZATION, unitId: null } }],
      users: [
        user(LIMITED, 'limited', { Effect: 'Allow', Action: '*', Resource: '*' }),
        user(MANAGEMENT, 'asks', ASKS),
        user(MANAGEMENT, 'describes', ASKS, reads('organizations:DescribePolicy', '*')),
        user(MANAGEMENT, 'lists', ASKS, reads('organizations:ListPoliciesForTarget', target)),
      ],
    });
  });

  const layerOf = async (caller: Caller, action: string) => {
    const request = { principal: arn(LIMITED, 'user/limited'), action, resource: '*' };
    const { data, errors } = await gateway.ask(caller, QUERY, { request });
    expect(errors).toBeUndefined();
    const { decision } = data as { decision: { deniedBy: string; withheld: string[]; layers: { layer: string }[] } };
    expect(decision.deniedBy).toBe('SERVICE_CONTROL_POLICY');
    const layer = 'SERVICE_CONTROL_POLICY';
    return { ...decision.layers.find((one) => one.layer === layer), withheld: decision.withheld.includes(layer) };
  };
  const managing = (name: string): Caller => signedIn(arn(MANAGEMENT, `user/${name}`));

  test('without an Allow are shown to whoever may list the policies there', async () => {
    const full = { policy: 'p-FullAWSAccess', level: { id: 'r-fir1' } };
    const hidden = { ...full, level: null };
    const list = (caller: Caller) => layerOf(caller, 'sqs:ListQueues');
    const shown = { deniedAt: [level], matchedStatements: [full], withheld: false };
    expect(await list(OPERATOR)).toMatchObject(shown);
    // Only at this account: where AWS's own policy is attached stays hidden.
    expect(await list(managing('lists'))).toMatchObject({ ...shown, matchedStatements: [hidden] });
    for (const caller of [managing('asks'), managing('describes'), signedIn(arn(LIMITED, 'user/limited'))]) {
      expect(await list(caller)).toMatchObject({ deniedAt: [], matchedStatements: [hidden], withheld: true });
    }
  });

  test('with a Deny are shown to whoever may read the policy that denies', async () => {
    const root = { kind: 'ROOT', id: 'r-fir1', name: 'Root' };
    const list = (caller: Caller) => layerOf(caller, 'iam:ListGroups');
    for (const caller of [OPERATOR, managing('describes')]) {
      expect(await list(caller)).toMatchObject({ deniedAt: [root], withheld: false });
    }
    for (const caller of [managing('asks'), managing('lists')]) {
      expect(await list(caller)).toMatchObject({ deniedAt: [], withheld: true });
    }
  });
});

test('nothing of it costs a statement when it is not selected, nor anything for the operator', async () => {
  const request = { principal: WORKER, action: 's3:PutObject', resource: LOG };
  await ask(OPERATOR, 's3:PutObject', LOG);
  const before = gateway.services.statements.length;
  await ask(OPERATOR, 's3:PutObject', LOG);
  await gateway.ask(
    member('worker'),
    'query ($request: AccessRequestInput!) { decision(request: $request) { allowed } }',
    {
      request,
    },
  );
  expect(gateway.services.statements.slice(before)).toEqual([]);
});

test('readers of other organizations are told nothing', async () => {
  const request = { principal: WORKER, action: 's3:PutObject', resource: LOG };
  const result = await gateway.ask(signedIn(arn(STRANGER, 'user/reader')), REASONED, { request });
  expect(faultsOf(result)).toMatchObject([{ code: 'FORBIDDEN', field: 'request.principal' }]);
});
