import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directoryDocument } from './given.ts';
import { type Outcome, operationOf, outcomeOf } from './operations.ts';
import { basic, bearer, type Headers, type StartedGateway, start } from './started.ts';

const A = '111111111111';
const ALICE = `arn:aws:iam::${A}:user/alice`;
const ADMIN = `arn:aws:iam::${A}:user/admin`;
const R = `arn:aws:iam::${A}:role/R`;
const NEXT = `arn:aws:iam::${A}:role/Next`;
const CLOSED = `arn:aws:iam::${A}:role/Closed`;
const trusts = (principal: string) => [
  { Effect: 'Allow', Principal: { AWS: principal }, Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] },
];
const WORLD = directoryDocument({
  users: {
    [ALICE]: {},
    [ADMIN]: { policy: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] },
    [`arn:aws:iam::${A}:user/auditor`]: {
      policy: [{ Effect: 'Allow', Action: 'cloudtrail:LookupEvents', Resource: '*' }],
    },
    'arn:aws:iam::222222222222:user/auditor': {
      policy: [{ Effect: 'Allow', Action: 'cloudtrail:LookupEvents', Resource: '*' }],
    },
  },
  roles: {
    [R]: { trust: trusts(ALICE), policy: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] },
    [NEXT]: { trust: trusts(R) },
    [CLOSED]: { trust: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
  },
});
const EVENTS = `query ($filter: AuditEventFilterInput, $first: Int, $after: String) {
  auditEvents(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { eventId at event principal accessKeyId roleArn sourceIdentity sourceIp userAgent requestId action target
      parameters { name value } outcome code effect deniedBy revision } } }`;

let gateway: StartedGateway;
let alice: Awaited<ReturnType<StartedGateway['newKey']>>;
let keys: Readonly<Record<'admin' | 'auditor' | 'stranger', Headers>>;
/** Where the story begins in the trail. */
let beginning: string;
/** What the trail told of the story when it had just ended. */
let told: readonly Told[];

/** The user's requests come from an address of its own, with a program of its own. */
let count = 0;
async function act(name: string, input: object | null, headers: Headers): Promise<Outcome> {
  count += 1;
  gateway.advance(1);
  const operation = operationOf(name);
  const from = { 'x-forwarded-for': '203.0.113.7', 'user-agent': 'story/1', 'x-request-id': `request-${count}` };
  const { body, cookies } = await gateway.ask(operation.query, { input }, { ...from, ...headers });
  return { ...outcomeOf(operation, body), cookie: cookies[0] ?? '' };
}

async function trail(headers: Headers, variables: object = {}) {
  const { body } = await gateway.ask(EVENTS, variables, headers);
  expect(body.errors).toBeUndefined();
  return body.data.auditEvents;
}

beforeAll(async () => {
  gateway = await start({ ROLEGATE_TRUSTED_PROXIES: '127.0.0.1' });
  await gateway.running.services.directory.apply(WORLD);
  alice = await gateway.newKey(ALICE);
  keys = {
    admin: basic(await gateway.newKey(ADMIN)),
    auditor: basic(await gateway.newKey(`arn:aws:iam::${A}:user/auditor`)),
    stranger: basic(await gateway.newKey('arn:aws:iam::222222222222:user/auditor')),
  };
  beginning = (await trail(gateway.operator)).pageInfo.endCursor;

  await act('signIn', { ...alice, secretAccessKey: 'wrong' }, {});
  const cookie = String((await act('signIn', alice, {}))['cookie']);
  await act('assumeRole', { role: R, roleSessionName: 'alice' }, { cookie });
  await act('exitRole', null, { cookie });
  await act('signOut', null, { cookie });
  const own = basic(alice);
  const first = await act('assumeRole', { role: R, roleSessionName: 's1', sourceIdentity: 'alice' }, own);
  const inRole = bearer(String(first['sessionToken']));
  await act('assumeRole', { role: NEXT, roleSessionName: 's2' }, inRole);
  await act('assumeRole', { role: CLOSED, roleSessionName: 's3' }, inRole);
  await act('assumeRole', { role: NEXT, roleSessionName: 'x' }, inRole);
  await act('putRolePolicy', { roleArn: NEXT, policyName: 'p', policyDocument: '{}' }, inRole);
  await act('exitRole', null, inRole);
  const policyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
  await act('putRolePolicy', { roleArn: NEXT, policyName: 'p', policyDocument }, keys.admin);
  await act('revokeRoleSessions', { roleArn: NEXT }, keys.admin);
  await act('updateAccessKey', { principal: ALICE, accessKeyId: alice.accessKeyId, active: false }, keys.admin);
  const imported = JSON.stringify({
    UserDetailList: [{ Arn: `arn:aws:iam::${A}:user/new`, UserName: 'new', UserId: 'AIDANEWNEWNEWNEWNEWA', Path: '/' }],
  });
  await act('importAccountAuthorizationDetails', { document: imported }, gateway.operator);
  told = (await trail(gateway.operator, { after: beginning })).nodes;
});
afterAll(() => gateway.stop());

const NEXT_TRIES = { roleSessionName: 's2' };
const SESSION = { principal: `arn:aws:sts::${A}:assumed-role/R/s1`, roleArn: R, sourceIdentity: 'alice' };
const ADMINS = { principal: ADMIN, outcome: 'SUCCEEDED' };
const REVISION = expect.stringMatching(/^r\d{19}$/);

/** What of each event of the story is said beside what all have in common. */
function story(): readonly object[] {
  const own = { principal: ALICE, accessKeyId: alice.accessKeyId };
  const inBrowser = { ...own, principal: `arn:aws:sts::${A}:assumed-role/R/alice`, roleArn: R };
  const done = { outcome: 'SUCCEEDED', revision: REVISION };
  const allowed = { ...done, effect: 'ALLOWED', action: 'sts:AssumeRole' };
  const denied = { outcome: 'REFUSED', code: 'AccessDenied', effect: 'IMPLICIT_DENY', revision: REVISION };
  const newKey = expect.stringMatching(/^ASIA/);
  return [
    {
      event: 'SignIn',
      principal: 'anonymous',
      target: alice.accessKeyId,
      outcome: 'REFUSED',
      code: 'SignatureDoesNotMatch',
    },
    { ...own, ...done, event: 'SignIn', target: alice.accessKeyId },
    {
      ...own,
      ...allowed,
      event: 'SwitchRole',
      target: R,
      parameters: { roleSessionName: 'alice', accessKeyId: newKey },
    },
    { ...inBrowser, ...done, event: 'ExitRole', target: inBrowser.principal },
    { ...own, ...done, event: 'SignOut' },
    {
      ...own,
      ...allowed,
      event: 'AssumeRole',
      target: R,
      parameters: { roleSessionName: 's1', sourceIdentity: 'alice', accessKeyId: newKey },
    },
    { ...SESSION, ...allowed, event: 'AssumeRole', target: NEXT, parameters: { ...NEXT_TRIES, accessKeyId: newKey } },
    {
      ...SESSION,
      ...denied,
      event: 'AssumeRole',
      action: 'sts:AssumeRole',
      target: CLOSED,
      deniedBy: 'TRUST_POLICY',
      parameters: { roleSessionName: 's3' },
    },
    {
      ...SESSION,
      event: 'AssumeRole',
      action: 'sts:AssumeRole',
      target: NEXT,
      outcome: 'FAILED',
      code: 'ValidationError',
      parameters: { roleSessionName: 'x' },
    },
    {
      ...SESSION,
      ...denied,
      event: 'PutRolePolicy',
      action: 'iam:PutRolePolicy',
      target: NEXT,
      deniedBy: 'IDENTITY_POLICY',
    },
    { ...SESSION, ...done, event: 'ExitRole', target: SESSION.principal },
    {
      ...ADMINS,
      ...done,
      event: 'PutRolePolicy',
      action: 'iam:PutRolePolicy',
      target: NEXT,
      parameters: { policyName: 'p', policyDocument: expect.stringMatching(/^sha256:/) },
    },
    { ...ADMINS, ...done, event: 'RevokeRoleSessions', action: 'iam:PutRolePolicy', target: NEXT },
    {
      ...ADMINS,
      ...done,
      event: 'UpdateAccessKey',
      action: 'iam:UpdateAccessKey',
      target: alice.accessKeyId,
      parameters: { status: 'Inactive' },
    },
    { ...done, event: 'ImportAccountAuthorizationDetails', principal: 'operator', target: A },
  ];
}

interface Told {
  readonly eventId: string;
  readonly at: string;
  readonly event: string;
  readonly accessKeyId: string | null;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly revision: string | null;
}

const NOTHING = {
  roleArn: null,
  sourceIdentity: null,
  action: null,
  target: null,
  code: null,
  effect: null,
  deniedBy: null,
  revision: null,
};

describe('the trail of a whole story', () => {
  test('tells of each step who, in which role, with which source identity, from where, the decision and the revision', async () => {
    const shown = told.map((event) => ({
      ...event,
      parameters: Object.fromEntries(event.parameters.map(({ name, value }) => [name, value])),
    }));
    const wanted = story().map((step, index) => {
      const at = new Date(Date.UTC(2026, 10, 23, 12, 0, index + 1)).toISOString();
      const from = { sourceIp: '203.0.113.7', userAgent: 'story/1', requestId: `request-${index + 1}` };
      return { ...NOTHING, parameters: {}, at, ...from, ...step };
    });
    expect(shown).toMatchObject(wanted);
  });

  test('lets what was done with a temporary key be traced back to who got it', async () => {
    const { nodes } = await trail(gateway.operator, { after: beginning });
    const events = nodes as readonly Told[];
    const given = events.find(({ parameters }) => parameters.some(({ value }) => value === 's1'));
    const key = given?.parameters.find(({ name }) => name === 'accessKeyId')?.value;
    const used = events.filter(({ accessKeyId }) => accessKeyId === key).map(({ event }) => event);
    expect(used).toEqual(['AssumeRole', 'AssumeRole', 'AssumeRole', 'PutRolePolicy', 'ExitRole']);
    expect(given?.accessKeyId).toBe(alice.accessKeyId);
  });

  test('is in order: of its numbers, of time and of revisions', async () => {
    const { nodes } = await trail(gateway.operator, { after: beginning });
    const events = nodes as readonly Told[];
    const numbers = events.map(({ eventId }) => Number(eventId));
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThanOrEqual(story().length);
    const revisions = events.flatMap(({ revision }) => revision ?? []);
    expect(revisions).toEqual(revisions.toSorted());
    expect(new Set(revisions).size).toBeGreaterThan(1);
  });

  test('is read by who may look events up, of their own account; the import of it included', async () => {
    const all = (await trail(gateway.operator, { after: beginning })).nodes;
    expect((await trail(keys.auditor, { after: beginning })).nodes).toEqual(all);
    expect((await trail(keys.stranger, { after: beginning })).nodes).toEqual([]);
    const { body } = await gateway.ask(EVENTS, {}, keys.admin);
    expect(body.errors[0]).toMatchObject({
      message: '`auditEvents` needs cloudtrail:LookupEvents, which you are not allowed',
      extensions: { code: 'FORBIDDEN' },
    });
    expect((await gateway.ask(EVENTS)).body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  test('page by page is the same as at once', async () => {
    const { nodes: all, totalCount } = await trail(keys.auditor, { first: 100 });
    const pages: unknown[] = [];
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo } = await trail(keys.auditor, { first: 4, after });
      pages.push(...nodes);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(pages).toEqual(all);
    expect(all.length).toBeGreaterThan(4);
    expect(totalCount).toBe(all.length);
  });

  test('tells of an instance profile that was refused before there was a role to speak of', async () => {
    const instanceProfile = `arn:aws:iam::${A}:instance-profile/web`;
    const refused = await act(
      'assumeInstanceProfile',
      { instanceProfile, instanceId: 'i-0123456789abcdef0' },
      keys.admin,
    );
    expect(refused['is']).toBe('AccessDenied');
    const { nodes } = await trail(gateway.operator, { filter: { target: instanceProfile } });
    expect(nodes).toMatchObject([{ event: 'AssumeRole', principal: ADMIN, outcome: 'REFUSED', code: 'AccessDenied' }]);
  });

  test('is not altered by what happens later, nor by the end of those whom it tells of', async () => {
    const before = (await trail(gateway.operator, { first: 100 })).nodes;
    for (const [name, input] of [
      ['deleteRole', { roleArn: R, withDependents: true }],
      ['deleteRole', { roleArn: NEXT, withDependents: true }],
      ['deleteUser', { userArn: ALICE, withDependents: true }],
    ] as const) {
      expect((await act(name, input, keys.admin))['code']).toBeUndefined();
    }
    const after = (await trail(gateway.operator, { first: 100 })).nodes;
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ event }: Told) => event)).toEqual([
      'DeleteRole',
      'DeleteRole',
      'DeleteUser',
    ]);
  });

  test('holds no secret, no token, no code', async () => {
    const text = JSON.stringify((await trail(gateway.operator, { first: 100 })).nodes);
    expect(text).not.toContain(alice.secretAccessKey);
    expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{20}|"wrong"/);
  });
});
