import type { ExecutionResult } from 'graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { faultsOf, gatewayOn, signedIn } from './gateway.ts';
import { arn, guardedWorld, MEMBER, STRANGER, user } from './guarded-world.ts';
import { OPENING, openServices, type TestServices } from './services.ts';

// What is not there and what one may not know of are answered alike, by the same statements in the same order: with nothing
// in memory, and with everything.

const NOBODY = arn(MEMBER, 'user/nobody');
const WORKER = arn(MEMBER, 'user/worker');

let services: TestServices;
let sessionId: string;

beforeAll(async () => {
  const keys = [{ id: 'AKIAWORKERWORKERWORK', user: WORKER }];
  const lonely = user(MEMBER, 'lonely', { Effect: 'Allow', Action: ['config:*', 'account:*'], Resource: '*' });
  services = await openServices({ ...guardedWorld(lonely), accessKeys: keys });
  const { session } = await services.sessions.assumeRole(
    await services.signIn('AKIAWORKERWORKERWORK'),
    { role: arn(MEMBER, 'role/team/Writer'), roleSessionName: 'works' },
    Date.UTC(2026, 5, 15, 12),
  );
  sessionId = session.id;
}, OPENING);
afterAll(() => services.remove());

interface Observed {
  readonly result: unknown;
  readonly statements: readonly string[];
}

/** What the caller sees, and what reached the database. The names that differ are taken out. */
async function observe(
  caller: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Promise<Observed> {
  const gateway = gatewayOn(services);
  const before = services.statements.length;
  // What is asked for in one turn is loaded together. The clock stands still, so that no turn is over by chance.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  const result: ExecutionResult = await gateway
    .ask(signedIn(caller), query, variables)
    .finally(() => clock.mockRestore());
  const statements = services.statements.slice(before);
  let text = JSON.stringify(result);
  for (const name of names) text = text.replaceAll(name, '…');
  return { result: JSON.parse(text), statements };
}

const globalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64');

const LOOK_UPS = [
  {
    what: 'an account',
    query: 'query ($name: AccountId!) { account(accountId: $name) { accountId name } }',
    there: STRANGER,
    missing: '123412341234',
    answer: { account: null },
  },
  {
    what: 'a resource',
    query: 'query ($name: Arn!) { resource(arn: $name) { arn policy } }',
    there: 'arn:aws:s3:::far',
    missing: 'arn:aws:s3:::nil',
    answer: { resource: null },
  },
  {
    what: 'a user',
    query: 'query ($name: PrincipalId!) { principal(principalId: $name) { principalId } }',
    there: arn(STRANGER, 'user/somebody'),
    missing: arn(STRANGER, 'user/nobodyyy'),
    answer: { principal: null },
  },
  {
    what: 'a role',
    query: 'query ($name: PrincipalId!) { principal(principalId: $name) { principalId } }',
    there: arn(MEMBER, 'role/Closed'),
    missing: arn(MEMBER, 'role/Absent'),
    answer: { principal: null },
  },
  {
    what: 'a role session',
    query: 'query ($name: PrincipalId!) { principal(principalId: $name) { principalId } }',
    there: `arn:aws:sts::${MEMBER}:assumed-role/Writer/works`,
    missing: `arn:aws:sts::${MEMBER}:assumed-role/Writer/sleep`,
    answer: { principal: null },
  },
];

const NODE = 'query ($name: ID!) { node(id: $name) { id } nodes(ids: [$name]) { id } }';
const NODES = [
  ['User', arn(STRANGER, 'user/somebody'), arn(STRANGER, 'user/nobodyyy')],
  ['Role', arn(MEMBER, 'role/Closed'), arn(MEMBER, 'role/Absent')],
  ['Group', arn(MEMBER, 'group/people'), arn(MEMBER, 'group/nobody')],
  ['ManagedPolicy', arn(MEMBER, 'policy/AtMost'), arn(MEMBER, 'policy/AtMust')],
  ['Account', STRANGER, '123412341234'],
  ['Resource', 'arn:aws:s3:::far', 'arn:aws:s3:::nil'],
] as const;

/** The caller has nothing, or may read what is of its own account by AWS Config. */
const CALLERS = [NOBODY, arn(MEMBER, 'user/lonely')];

async function both(
  caller: string,
  query: string,
  there: string,
  missing: string,
  variables: (name: string) => Readonly<Record<string, unknown>> = (name) => ({ name }),
): Promise<{ readonly cold: readonly [Observed, Observed]; readonly warm: readonly [Observed, Observed] }> {
  const look = (name: string) => observe(caller, query, variables(name), [there, missing]);
  services = await services.reopen();
  const coldThere = await look(there);
  const warmThere = await look(there);
  services = await services.reopen();
  const coldMissing = await look(missing);
  const warmMissing = await look(missing);
  return { cold: [coldThere, coldMissing], warm: [warmThere, warmMissing] };
}

describe.each(LOOK_UPS)('$what that may not be read', ({ query, there, missing, answer }) => {
  test.each(CALLERS)('for %s it is as if it were not there', async (caller) => {
    const { cold, warm } = await both(caller, query, there, missing);
    expect(cold[0].result).toEqual({ data: answer });
    expect(cold[0].statements.length).toBeGreaterThan(0);
    expect(cold[1]).toEqual(cold[0]);
    expect(warm[1]).toEqual(warm[0]);
  });
});

describe.each(NODES)('the global id of a %s', (type, there, missing) => {
  test.each(CALLERS)('for %s it is as if it were not there', async (caller) => {
    const { cold, warm } = await both(caller, NODE, globalId(type, there), globalId(type, missing));
    expect(cold[0].result).toEqual({ data: { node: null, nodes: [null] } });
    expect(cold[1]).toEqual(cold[0]);
    expect(warm[1]).toEqual(warm[0]);
  });
});

test.each(CALLERS)('the global id of a role session for %s', async (caller) => {
  const missing = '00000000-0000-4000-8000-000000000000';
  const { cold } = await both(caller, NODE, globalId('RoleSession', sessionId), globalId('RoleSession', missing));
  expect(cold[0].result).toEqual({ data: { node: null, nodes: [null] } });
  expect(cold[1]).toEqual(cold[0]);
});

describe('questions about', () => {
  const DECISION =
    'query ($request: AccessRequestInput!) { decision(request: $request) { effect reason deniedBy gaps withheld layers { layer effect } } }';

  test.each([
    ['a user', arn(STRANGER, 'user/somebody'), arn(STRANGER, 'user/nobodyyy')],
    ['a role', arn(MEMBER, 'role/Closed'), arn(MEMBER, 'role/Absent')],
    [
      'a role session',
      `arn:aws:sts::${MEMBER}:assumed-role/Writer/works`,
      `arn:aws:sts::${MEMBER}:assumed-role/Writer/sleep`,
    ],
  ])('%s that may not be asked about: FORBIDDEN', async (_what, there, missing) => {
    const request = (name: string) => ({
      request: { principal: name, action: 's3:GetObject', resource: 'arn:aws:s3:::logs/1' },
    });
    const { cold, warm } = await both(NOBODY, DECISION, there, missing, request);
    expect(faultsOf(cold[0].result as ExecutionResult)).toEqual([
      {
        code: 'FORBIDDEN',
        field: 'request.principal',
        message: 'asking about `…` needs iam:SimulatePrincipalPolicy on it, which you are not allowed',
      },
    ]);
    expect(cold[0].statements.length).toBeGreaterThan(0);
    expect(cold[1]).toEqual(cold[0]);
    expect(warm[1]).toEqual(warm[0]);
  });

  test.each([
    [NOBODY, 'TRUST_POLICY'],
    [WORKER, 'TRUST_POLICY'],
  ])('%s itself in a role that it may not assume: the denial by %s', async (caller, deniedBy) => {
    const inRole = (name: string) => ({
      request: { principal: caller, assumedRole: name, action: 's3:GetObject', resource: 'arn:aws:s3:::logs/1' },
    });
    const { cold, warm } = await both(caller, DECISION, arn(MEMBER, 'role/Closed'), arn(MEMBER, 'role/Absent'), inRole);
    const { reason } = (cold[0].result as { data: { decision: { reason: string } } }).data.decision;
    expect(cold[0].result).toMatchObject({ data: { decision: { effect: 'IMPLICIT_DENY', deniedBy, gaps: [] } } });
    expect(reason).toContain('not authorized to perform: sts:AssumeRole on resource: …');
    expect(cold[1]).toEqual(cold[0]);
    expect(warm[1]).toEqual(warm[0]);
  });

  test('what such a role may do', async () => {
    const query = `query ($name: Arn!) {
      compareAccess(principal: "${WORKER}", assumedRole: $name, filter: { services: ["s3"] }) {
        gained { action } keptCount changed { action } lost { action } }
      effectivePermissions(principal: "${WORKER}", assumedRole: $name) {
        gaps assumedRole { arn } suspended { gaps } summary { service }
        can(action: "s3:PutObject", resource: "arn:aws:s3:::logs/1") { reason gaps } } }`;
    const { cold, warm } = await both(WORKER, query, arn(MEMBER, 'role/Closed'), arn(MEMBER, 'role/Absent'));
    expect(cold[0].result).toMatchObject({
      data: { compareAccess: { gained: [], keptCount: 0 }, effectivePermissions: { gaps: [], summary: [] } },
    });
    expect(cold[1].result).toEqual(cold[0].result);
    expect(cold[1].statements.length).toBe(cold[0].statements.length);
    expect(warm[1].result).toEqual(warm[0].result);
    expect(warm[1].statements.length).toBe(warm[0].statements.length);
  });

  const NAMES = `query ($request: AccessRequestInput!) {
    decision(request: $request) { assumedRole { name path account { accountId name } } } }`;
  const asking = (name: string) => ({
    request: { principal: WORKER, assumedRole: name, action: 's3:GetObject', resource: 'arn:aws:s3:::logs/1' },
  });

  test('what such a role is called is what was asked', async () => {
    const { cold, warm } = await both(WORKER, NAMES, arn(MEMBER, 'role/Closed'), arn(MEMBER, 'role/Absent'), asking);
    const called = (name: string) => ({
      data: { decision: { assumedRole: { name, path: '/', account: { accountId: MEMBER, name: 'Account 200' } } } },
    });
    expect(cold[0].result).toEqual(called('Closed'));
    expect(cold[1].result).toEqual(called('Absent'));
    expect(cold[1].statements).toEqual(cold[0].statements);
    expect(warm[1].statements).toEqual(warm[0].statements);
  });

  test('what the account of such a role is called takes reading it', async () => {
    const role = (account: string) => arn(account, 'role/Absent');
    const { cold } = await both(WORKER, NAMES, role(STRANGER), role('123412341234'), asking);
    const faults = faultsOf(cold[0].result as ExecutionResult);
    expect(faults).toEqual([
      { code: 'FORBIDDEN', message: '`name` needs account:GetAccountInformation, which you are not allowed' },
    ]);
    expect(faultsOf(cold[1].result as ExecutionResult)).toEqual(faults);
  });

  test('who may read roles is told that one is not there', async () => {
    const reader = arn(MEMBER, 'user/reader');
    const request = {
      principal: reader,
      assumedRole: arn(MEMBER, 'role/Absent'),
      action: 's3:GetObject',
      resource: '*',
    };
    const result = await gatewayOn(services).ask(signedIn(reader), DECISION, { request });
    expect(faultsOf(result)).toEqual([
      { code: 'NOT_FOUND', field: 'request.assumedRole', message: `no such role: \`${request.assumedRole}\`` },
    ]);
  });

  test('a resource that one may not know of: no gap tells whether it is there', async () => {
    const on = (name: string) => ({ request: { principal: NOBODY, action: 's3:ListBucket', resource: name } });
    const { cold, warm } = await both(NOBODY, DECISION, 'arn:aws:s3:::far', 'arn:aws:s3:::nil', on);
    expect(cold[0].result).toMatchObject({ data: { decision: { effect: 'IMPLICIT_DENY', gaps: [] } } });
    expect(cold[1].statements).toEqual(cold[0].statements);
    expect(warm[1].statements).toEqual(warm[0].statements);
  });
});

test('assuming a role', async () => {
  const assume = `mutation ($name: Arn!) { assumeRole(input: { role: $name, roleSessionName: "one" }) { __typename
    ... on AccessDenied { code message decision { effect reason deniedBy gaps withheld layers { layer effect } } } } }`;
  const { cold, warm } = await both(WORKER, assume, arn(MEMBER, 'role/Closed'), arn(MEMBER, 'role/Absent'));
  expect(cold[0].result).toMatchObject({
    data: { assumeRole: { __typename: 'AccessDenied', decision: { deniedBy: 'TRUST_POLICY', gaps: [] } } },
  });
  expect(cold[1]).toEqual(cold[0]);
  expect(warm[1]).toEqual(warm[0]);
});

test('ids that are none are refused without looking', async () => {
  const before = services.statements.length;
  for (const id of ['', 'x', globalId('AccessKey', 'AKIAWORKERWORKERWORK'), globalId('PolicyDocument', 'x')]) {
    const result = await gatewayOn(services).ask(signedIn(NOBODY), 'query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(faultsOf(result)).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
  }
  expect(services.statements.length).toBe(before);
});
