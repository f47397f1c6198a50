import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { NOW, OPERATOR } from '../gateway.ts';
import {
  arn,
  DELEGATED,
  guardedWorld,
  MANAGEMENT,
  MEMBER,
  policy,
  STRANGER,
  type Statement,
  user,
} from '../guarded-world.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const WORKER = arn(MEMBER, 'user/worker');
const WRITER = arn(MEMBER, 'role/team/Writer');
const BUCKET = 'arn:aws:s3:::logs';
const DAY = 86_400_000;
const ABSENT = '00000000-0000-0000-0000-000000000000';
const ASKS: Statement = { Effect: 'Allow', Action: 'iam:SimulatePrincipalPolicy', Resource: '*' };
const MAKES: Statement = { Effect: 'Allow', Action: 'rolegate:*', Resource: '*' };
const only = (...actions: readonly string[]): Statement => ({ Effect: 'Allow', Action: actions, Resource: '*' });

const USERS = {
  maker: arn(MEMBER, 'user/maker'),
  security: arn(MEMBER, 'user/security'),
  worker: WORKER,
  manager: arn(MANAGEMENT, 'user/manager'),
  delegated: arn(DELEGATED, 'user/delegated'),
  stranger: arn(STRANGER, 'user/stranger'),
};

const CHECKER =
  'checkerId name scope accountIds actions search createdAt expiresAt rotatedAt lastUsedAt maker { principalId }';
const MADE = `... on CreateCheckerSuccess { token checker { ${CHECKER} } }`;
const ROTATED = '... on RotateCheckerSuccess { token checker { checkerId expiresAt } }';
const LIST = `query ($first: Int, $after: String) { checkers(first: $first, after: $after) {
  totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`;

let services: TestServices;
let live: Live;
let callers: Record<keyof typeof USERS, Caller>;
let count = 0;

beforeAll(async () => {
  const world = guardedWorld(
    user(MEMBER, 'maker', ASKS, MAKES, only('iam:Get*')),
    user(MEMBER, 'security', only('rolegate:ListCheckers', 'rolegate:RevokeChecker', 'rolegate:RotateChecker')),
    user(MANAGEMENT, 'manager', ASKS, MAKES),
    user(DELEGATED, 'delegated', ASKS, MAKES),
    user(STRANGER, 'stranger', ASKS, MAKES),
  );
  ({ services, live, callers } = await openLive(USERS, world));
}, OPENING);
afterAll(() => services.remove());

type Made = { readonly token: string; readonly checker: { readonly checkerId: string; readonly name: string } };

/** A new checker for the accounts. */
async function make(caller: Caller, accountIds: readonly string[] | null, more: object = {}): Promise<Made> {
  count += 1;
  live.now += 1;
  const scope = accountIds === null ? { scope: 'ALL' } : { scope: 'ACCOUNTS', accountIds };
  const made = await live.mutate(caller, 'createChecker', { name: `c${count}`, ...scope, ...more }, MADE);
  if (made.token === undefined) throw new Error(JSON.stringify(made));
  return made;
}

const refusedTo = (caller: Caller, scope: object) =>
  live.mutate(caller, 'createChecker', { name: 'c', ...scope }, MADE);
const inAccounts = (...accountIds: readonly string[]) => ({ scope: 'ACCOUNTS', accountIds });

describe('createChecker', () => {
  test('shows the checker, and its token once', async () => {
    const { token, checker } = await make(callers.maker, [MEMBER], { actions: ['s3:Get*'], search: true });
    expect(token).toMatch(/^rgc_/);
    const expected = {
      checkerId: expect.any(String),
      name: `c${count}`,
      scope: 'ACCOUNTS',
      accountIds: [MEMBER],
      actions: ['s3:Get*'],
      search: true,
      createdAt: new Date(live.now).toISOString(),
      expiresAt: new Date(live.now + 90 * DAY).toISOString(),
      rotatedAt: null,
      lastUsedAt: null,
      maker: { principalId: USERS.maker },
    };
    expect(checker).toEqual(expected);
    await services.signInWith(token);
    const { checkers } = await live.ask(callers.maker, `{ checkers(first: 1000) { nodes { ${CHECKER} } } }`);
    const listed = checkers.nodes.find((one: { name: string }) => one.name === checker.name);
    expect(listed).toEqual({ ...expected, lastUsedAt: new Date(NOW).toISOString() });
    expect(JSON.stringify(checkers)).not.toContain(token);
  });

  test('needs rolegate:CreateChecker in each account of the scope', async () => {
    const denied = { __typename: 'AccessDenied', decision: { effect: 'IMPLICIT_DENY' } };
    expect(await refusedTo(callers.worker, inAccounts(MEMBER))).toMatchObject({
      ...denied,
      message: `User: ${WORKER} is not authorized to perform: rolegate:CreateChecker because no identity-based policy allows the rolegate:CreateChecker action`,
    });
    expect(await refusedTo(callers.maker, inAccounts(MEMBER, DELEGATED))).toMatchObject(denied);
    expect(await refusedTo(callers.stranger, inAccounts(MEMBER))).toMatchObject(denied);
  });

  test('is for accounts of the organization, too, where its management account or an administrator of access allows it', async () => {
    for (const caller of [callers.manager, callers.delegated]) {
      const { token } = await make(caller, [MEMBER, DELEGATED]);
      const query = `{ decision(request: { principal: "${WORKER}", action: "s3:GetObject", resource: "${BUCKET}/1" }) { allowed } }`;
      expect(await live.ask(await services.signInWith(token), query)).toEqual({ decision: { allowed: true } });
    }
    const other = inAccounts(MEMBER, STRANGER);
    expect(await refusedTo(callers.manager, other)).toMatchObject({ __typename: 'AccessDenied' });
  });

  test('for all accounts is the operator’s', async () => {
    expect(await refusedTo(callers.manager, { scope: 'ALL' })).toMatchObject({
      __typename: 'AccessDenied',
      message: 'only the operator may make a checker for all accounts',
    });
    expect((await make(OPERATOR, null)).checker).toMatchObject({
      scope: 'ALL',
      accountIds: [],
      maker: { principalId: 'operator' },
    });
  });

  test('says what is wrong with a scope: nobody is let in because of what the guard does not look at', async () => {
    const wrong = { __typename: 'ValidationError', field: 'accountIds' };
    expect(await refusedTo(OPERATOR, { scope: 'ALL', accountIds: [MEMBER] })).toMatchObject(wrong);
    for (const scope of [{ scope: 'ACCOUNTS' }, inAccounts()]) {
      expect(await refusedTo(callers.worker, scope)).toMatchObject(wrong);
    }
    const many = (accountId: string) => inAccounts(...Array.from({ length: 1_001 }, () => accountId));
    expect(await refusedTo(callers.maker, many(MEMBER))).toMatchObject(wrong);
    expect(await refusedTo(callers.maker, many(STRANGER))).toMatchObject({ __typename: 'AccessDenied' });
  });
});

describe('checkers', () => {
  const names = async (caller: Caller) =>
    (await live.ask(caller, LIST, { first: 1000 })).checkers.nodes.map(({ name }: { name: string }) => name);

  test('lists its own to a maker, those of its accounts to whoever may list them, and all to the operator', async () => {
    const own = (await make(callers.maker, [MEMBER])).checker.name;
    const wide = (await make(callers.manager, [MEMBER, DELEGATED])).checker.name;
    const all = (await make(OPERATOR, null)).checker.name;
    const shown = async (caller: Caller) =>
      (await names(caller)).filter((name: string) => [own, wide, all].includes(name));
    expect(await shown(OPERATOR)).toEqual([own, wide, all]);
    expect(await shown(callers.manager)).toEqual([own, wide]);
    expect(await shown(callers.maker)).toEqual([own]);
    expect(await shown(callers.security)).toEqual([own]);
    expect(await shown(callers.worker)).toEqual([]);
    expect(await shown(callers.stranger)).toEqual([]);
    const counted = await live.ask(callers.worker, LIST);
    expect(counted.checkers).toEqual({ totalCount: 0, nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
  });

  test('is read page by page', async () => {
    const made = [await make(callers.stranger, [STRANGER]), await make(callers.stranger, [STRANGER])];
    const first = await live.ask(callers.stranger, LIST, { first: 1 });
    expect(first.checkers).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
    const after = first.checkers.pageInfo.endCursor;
    const second = await live.ask(callers.stranger, LIST, { first: 1, after });
    expect(second.checkers.pageInfo.hasNextPage).toBe(false);
    const found = [first, second].flatMap(({ checkers }) => checkers.nodes.map(({ name }: { name: string }) => name));
    expect(found).toEqual(made.map(({ checker }) => checker.name));
    for (const wrong of ['x', 'Y2hlY2tlcjp4', '\0']) {
      expect(await live.fail(callers.stranger, LIST, { after: wrong })).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    }
  });
});

describe('rotateChecker', () => {
  const rotate = (caller: Caller, input: object | null) => live.mutate(caller, 'rotateChecker', input, ROTATED);

  test('by the checker itself, which needs no right and no id', async () => {
    const { token, checker } = await make(OPERATOR, [MEMBER]);
    const rotated = await rotate(await services.signInWith(token), null);
    expect(rotated.checker.checkerId).toBe(checker.checkerId);
    await expect(services.signInWith(token)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    expect(await services.signInWith(rotated.token)).toHaveProperty('kind', 'checker');
  });

  test('by its maker and the operator, and by nobody else: it comes with the rights of its maker', async () => {
    const { checkerId } = (await make(callers.maker, [MEMBER])).checker;
    for (const caller of [callers.maker, OPERATOR]) {
      expect(await rotate(caller, { checkerId })).toMatchObject({ checker: { checkerId } });
    }
    const concealed = {
      __typename: 'AccessDenied',
      code: 'AccessDenied',
      message: 'there is no such checker that you are allowed to rotate',
      decision: null,
    };
    for (const caller of [callers.security, callers.manager, callers.worker]) {
      expect(await rotate(caller, { checkerId })).toEqual(concealed);
      expect(await rotate(caller, { checkerId: ABSENT })).toEqual(concealed);
    }
    expect(await rotate(callers.maker, {})).toMatchObject({ __typename: 'ValidationError', field: 'checkerId' });
  });

  test('needs rolegate:RotateChecker of its maker', async () => {
    const { checkerId } = (await make(callers.maker, [MEMBER])).checker;
    const limits = { userArn: USERS.maker, policyName: 'Limits' };
    const policyDocument = policy({ Effect: 'Deny', Action: 'rolegate:*', Resource: '*' });
    await services.sessions.putUserPolicy(OPERATOR, { ...limits, policyDocument }, live.now);
    expect(await rotate(callers.maker, { checkerId })).toMatchObject({ decision: { effect: 'EXPLICIT_DENY' } });
    // Giving up a right needs none.
    expect(await live.outcome(callers.maker, 'revokeChecker', { checkerId })).toBe('RevokeCheckerSuccess');
    await services.sessions.deleteUserPolicy(OPERATOR, limits, live.now);
  });
});

describe('revokeChecker', () => {
  const revoke = (caller: Caller, checkerId: string) => live.outcome(caller, 'revokeChecker', { checkerId });

  test('by its maker, by whoever may in each account of its scope, and by the operator', async () => {
    for (const caller of [callers.maker, callers.security, callers.manager, OPERATOR]) {
      const { token, checker } = await make(callers.maker, [MEMBER]);
      expect(await revoke(caller, checker.checkerId)).toBe('RevokeCheckerSuccess');
      await expect(services.signInWith(token)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    }
    expect(await revoke(OPERATOR, ABSENT)).toBe('NoSuchEntity');
  });

  test('by nobody else, with one answer whether it is there or not', async () => {
    const wide = (await make(callers.manager, [MEMBER, DELEGATED])).checker.checkerId;
    const all = (await make(OPERATOR, null)).checker.checkerId;
    for (const id of [wide, all, ABSENT]) expect(await revoke(callers.security, id)).toBe('AccessDenied');
    for (const id of [all, ABSENT]) expect(await revoke(callers.manager, id)).toBe('AccessDenied');
  });
});

describe('of a decision a checker gets', () => {
  const FIELDS = `effect allowed coverage reason deniedBy layers { layer effect matchedStatements { policy } } matchedStatements { policy }
    withheld missingContextKeys assumedContextKeys requires gaps revision`;

  test('all but statements and the names of policies, and no more than its maker', async () => {
    const { token } = await make(callers.maker, [MEMBER]);
    const checker = await services.signInWith(token);
    const query = `{ decision(request: { principal: "${WORKER}", action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:${MEMBER}:q" }) { ${FIELDS} } }`;
    const [{ decision: own }, { decision: makers }] = [
      await live.ask(checker, query),
      await live.ask(callers.maker, query),
    ];
    expect(makers.reason).toMatch(/with an explicit deny in a permissions boundary: arn:aws:iam::\d+:policy\/AtMost$/);
    expect(own).toEqual({
      ...makers,
      reason: makers.reason.replace(/: arn:aws:iam::\d+:policy\/AtMost$/, ''),
      matchedStatements: [],
      layers: makers.layers.map((layer: object) => ({ ...layer, matchedStatements: [] })),
      withheld: ['RESOURCE_CONTROL_POLICY', 'SERVICE_CONTROL_POLICY', 'IDENTITY_POLICY', 'PERMISSIONS_BOUNDARY'],
    });
  });

  test('on each way in which it may ask', async () => {
    const checker = await services.signInWith((await make(callers.maker, [MEMBER])).token);
    const request = { principal: WORKER, action: 's3:GetObject', resource: `${BUCKET}/1` };
    const query = `query ($requests: [AccessRequestInput!]!) {
      decisions(requests: $requests) { allowed }
      decisionsFor(principal: "${WORKER}", checks: [{ action: "s3:GetObject", resource: "${BUCKET}/1" }]) { allowed }
      allowedResources(principal: "${WORKER}", action: "s3:GetObject", resources: ["${BUCKET}/1", "${BUCKET}-other/1"])
      principal(principalId: "${WORKER}") { name can(action: "s3:GetObject", resource: "${BUCKET}/1") { allowed } }
      outside: principal(principalId: "${USERS.stranger}") { name } }`;
    expect(await live.ask(checker, query, { requests: [request] })).toEqual({
      decisions: [{ allowed: true }],
      decisionsFor: [{ allowed: true }],
      allowedResources: [`${BUCKET}/1`],
      principal: { name: 'worker', can: { allowed: true } },
      outside: null,
    });
  });

  test('whoCan finds those of its scope, and says nothing of statements', async () => {
    const { token } = await make(OPERATOR, [MEMBER], { search: true });
    const query = (more: string) => `{ whoCan(action: "s3:GetObject", resource: "${BUCKET}/1" ${more}) {
      nodes { principal { principalId } conditions decision { matchedStatements { policy } } } outsiders { id: __typename } } }`;
    const checker = await services.signInWith(token);
    const { whoCan } = await live.ask(checker, query(''));
    const found = whoCan.nodes.map((node: { principal: { principalId: string } }) => node.principal.principalId);
    expect(found).toContain(WORKER);
    expect(found.filter((id: string) => !id.includes(MEMBER))).toEqual([]);
    expect(JSON.stringify(whoCan)).not.toMatch(/"policy"/);
    expect(whoCan.outsiders).toEqual([]);
    expect(await live.fail(checker, query('conditional: true'))).toMatchObject([{ code: 'FORBIDDEN' }]);
  });
});

describe('can and viewerCan in a role', () => {
  const PUT = `action: "s3:PutObject", resource: "${BUCKET}/1"`;

  test('answer as decision does, for everybody', async () => {
    const ask = (
      role: string,
    ) => `{ decision(request: { principal: "${WORKER}", assumedRole: "${role}", action: "s3:DeleteObject",
        resource: "${BUCKET}/1" }) { effect reason assumedRole { arn } }
      principal(principalId: "${WORKER}") { can(action: "s3:DeleteObject", resource: "${BUCKET}/1", assumedRole: "${role}") {
        effect reason assumedRole { arn } } } }`;
    for (const caller of [OPERATOR, callers.maker]) {
      for (const role of [WRITER, arn(MEMBER, 'role/Closed')]) {
        const { decision, principal } = await live.ask(caller, ask(role));
        expect(principal.can).toEqual(decision);
        expect(decision).toMatchObject({ effect: 'IMPLICIT_DENY', assumedRole: { arn: role } });
      }
      const absent = arn(MEMBER, 'role/Absent');
      expect((await live.fail(caller, ask(absent))).map(({ code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    }
    const own = await live.ask(
      OPERATOR,
      `{ principal(principalId: "${WORKER}") { own: can(${PUT}) { reason } in: can(${PUT}, assumedRole: "${WRITER}") { reason } } }`,
    );
    expect(own.principal.own.reason).toContain('Own');
    expect(own.principal.in.reason).toMatch(/role\/team\/Writer is authorized .*: Writes$/);
  });

  test('viewerCan asks about the caller in the role', async () => {
    const query = `{ resource(arn: "${BUCKET}") { own: viewerCan(action: "s3:ListBucket") { effect }
      in: viewerCan(action: "s3:ListBucket", assumedRole: "${WRITER}") { effect deniedBy assumedRole { arn } } } }`;
    expect(await live.ask(callers.worker, query)).toEqual({
      resource: {
        own: { effect: 'ALLOWED' },
        in: { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY', assumedRole: { arn: WRITER } },
      },
    });
  });
});
