import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, CheckerCaller } from '../../src/session/caller.ts';
import type { NewCheckerInput } from '../../src/session/checkers.ts';
import { createEntityChanges, type EntityChanges } from '../../src/session/entity-changes.ts';
import { A, allow, aRole, aUser, B, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, type Gateway, openShared, signIn } from './gateway.ts';

const OPERATOR: Caller = { kind: 'operator' };
const DAY = 86_400_000;
const INPUT: NewCheckerInput = { name: 'orders', accountIds: [A], actions: null, search: false, expiresAt: null };
const INVALID = { code: 'InvalidClientTokenId' };
const EXPIRED = { code: 'ExpiredToken' };

let gateway: Gateway;
let changes: EntityChanges;
let count = 0;

beforeAll(async () => {
  gateway = await openShared({ accounts: [A, B].map((id) => ({ id, membership: 'NONE' as const })) });
  changes = createEntityChanges(gateway);
});
afterAll(() => gateway.directory.close());

const make = (caller: Caller, input: Partial<NewCheckerInput> = {}, now = NOON) =>
  gateway.sessions.createChecker(caller, { ...INPUT, ...input }, now);
const rotate = (caller: Caller, checkerId: string | null = null, expiresAt: number | null = null, now = NOON) =>
  gateway.sessions.rotateChecker(caller, { checkerId, expiresAt }, now);

/** The caller with this token. */
async function calling(token: string, now = NOON): Promise<CheckerCaller> {
  const caller = await gateway.sessions.authenticate(`Bearer ${token}`, now);
  if (caller.kind !== 'checker') throw new Error(`the token is that of ${caller.kind}`);
  return caller;
}

/** A user of its own, who has signed in. */
async function newUser(): Promise<{ readonly arn: string; readonly caller: Caller }> {
  const name = `user-${++count}`;
  await gateway.directory.apply({ users: [aUser(name, [allow('iam:*')])] });
  return { arn: userArn(name), caller: await signIn(gateway, { userArn: userArn(name) }, NOON) };
}

/** A role of its own, and a user in a session of it. */
async function inNewRole(session: object = {}): Promise<{ readonly role: string; readonly caller: Caller }> {
  const { arn, caller } = await newUser();
  await gateway.directory.apply({ users: [aUser(arn.split('/').at(-1) ?? '', [allow('sts:*')])] });
  const name = `Role-${++count}`;
  await gateway.directory.apply({ roles: [aRole(name, [trusts({ AWS: arn })], [allow('iam:*')])] });
  const given = { role: roleArn(name), roleSessionName: 's1', ...session };
  const assumed = await gateway.sessions.assumeRole(caller, given, NOON);
  return { role: roleArn(name), caller: await gateway.sessions.authenticate(bearer(assumed), NOON) };
}

describe('the token of a checker', () => {
  test('can be found by scanners, is 256 random bits, and is stored as a hash alone', async () => {
    const { token, checker } = await make(OPERATOR);
    expect(token).toMatch(/^rgc_[\w-]{43}$/);
    expect((await make(OPERATOR)).token).not.toBe(token);
    const rows = await gateway.directory.prisma.checker.findMany();
    expect(JSON.stringify(rows)).not.toContain(token.slice(4));
    expect(rows.find(({ id }) => id === checker.id)).toMatchObject({
      tokenHash: expect.stringMatching(/^[\da-f]{64}$/),
    });
  });

  test('is the caller, with its maker, until it expires: in 90 days if nothing else is said', async () => {
    const { token, checker } = await make(OPERATOR);
    expect(checker.expiresAt).toBe(NOON + 90 * DAY);
    expect(await calling(token)).toMatchObject({ checker: { id: checker.id, name: 'orders' }, maker: OPERATOR });
    await expect(calling(token, NOON + 90 * DAY)).rejects.toMatchObject(EXPIRED);
    const long = await make(OPERATOR, { expiresAt: NOON + 366 * DAY });
    expect(await calling(long.token, NOON + 365 * DAY)).toHaveProperty('kind', 'checker');
  });

  test('that no checker has is invalid, whatever it looks like, and the short ones are not even looked up', async () => {
    const { token } = await make(OPERATOR);
    const before = gateway.statements.length;
    for (const wrong of ['rgc_', 'rgc_x', `${token}x`, token.slice(0, -1), `rgc_${'%'.repeat(43)}`]) {
      await expect(calling(wrong)).rejects.toMatchObject(INVALID);
    }
    expect(gateway.statements.slice(before)).toEqual([]);
    await expect(calling(`rgc_${'a'.repeat(43)}`)).rejects.toMatchObject(INVALID);
    // That may be the token of a session: its signing key is looked up.
    await expect(calling(token.toUpperCase())).rejects.toMatchObject(INVALID);
  });

  test('is looked up once, and its use written at most every five minutes', async () => {
    const { token, checker } = await make(OPERATOR);
    const used = async () => (await gateway.directory.checkers.get(checker.id))?.lastUsedAt;
    expect(await used()).toBeNull();
    await Promise.all([calling(token), calling(token), calling(token)]);
    expect(await used()).toBe(NOON);
    const before = gateway.statements.length;
    for (const later of [1, 60_000, 299_999]) await calling(token, NOON + later);
    expect(gateway.statements.slice(before)).toEqual([]);
    await calling(token, NOON + 300_000);
    expect(await used()).toBe(NOON + 300_000);
  });
});

describe('what cannot be made', () => {
  test.each<[string, Partial<NewCheckerInput>, string, string | null]>([
    ['a name with a blank', { name: 'my orders' }, 'ValidationError', 'name'],
    ['a long name', { name: 'n'.repeat(65) }, 'ValidationError', 'name'],
    ['no account', { accountIds: [] }, 'ValidationError', 'accountIds'],
    ['too many accounts', { accountIds: Array.from({ length: 1_001 }, () => A) }, 'ValidationError', 'accountIds'],
    ['an account that is not there', { accountIds: [A, '999999999999'] }, 'NoSuchEntity', 'accountIds'],
    ['no action', { actions: [] }, 'ValidationError', 'actions'],
    ['too many actions', { actions: Array.from({ length: 101 }, () => '*') }, 'ValidationError', 'actions'],
    ['a misspelt action', { actions: ['s3:GetObject', 's3:GetObjcet'] }, 'ValidationError', 'actions[1]'],
    ['what is no pattern', { actions: ['s3'] }, 'ValidationError', 'actions[0]'],
    ['a long pattern', { actions: [`s3:Get${'*'.repeat(251)}`] }, 'ValidationError', 'actions[0]'],
    ['an end that has passed', { expiresAt: NOON }, 'ValidationError', 'expiresAt'],
    ['an end in the far future', { expiresAt: NOON + 366 * DAY + 1 }, 'ValidationError', 'expiresAt'],
  ])('%s', async (_what, input, code, field) => {
    await expect(make(OPERATOR, input)).rejects.toMatchObject({ code, field });
  });

  test('by whom: somebody without credentials, a service, a federated user, a checker', async () => {
    const { caller, arn } = await newUser();
    await gateway.directory.apply({ users: [aUser(arn.split('/').at(-1) ?? '', [allow('sts:*')])] });
    const { credentials } = await gateway.sessions.getFederationToken(caller, { name: 'guest' }, NOON);
    const federated = await gateway.sessions.authenticate(`Bearer ${credentials.sessionToken}`, NOON);
    const service = await signIn(gateway, { service: 'ec2.amazonaws.com' }, NOON);
    const checker = await calling((await make(OPERATOR)).token);
    for (const other of [federated, service, checker]) {
      await expect(make(other)).rejects.toMatchObject({ code: 'AccessDenied' });
    }
    await expect(make({ kind: 'anonymous' })).rejects.toMatchObject({ code: 'MissingAuthenticationToken' });
  });

  test('more than a hundred by one user', async () => {
    const { caller } = await newUser();
    for (let made = 0; made < 100; made += 1) await make(caller);
    await expect(make(caller)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: expect.stringMatching(/: 100$/),
    });
  });
});

describe('the token ends with its maker', () => {
  test('a user that is deleted; made again under its name it is another one', async () => {
    const { arn, caller } = await newUser();
    const { token } = await make(caller);
    expect(await calling(token)).toMatchObject({ maker: { kind: 'principal', ref: { arn } } });
    await changes.deleteUser(OPERATOR, { userArn: arn, withDependents: true }, NOON);
    await expect(calling(token)).rejects.toMatchObject(INVALID);
    await gateway.directory.apply({ users: [aUser(arn.split('/').at(-1) ?? '', [allow('iam:*')])] });
    await expect(calling(token)).rejects.toMatchObject(INVALID);
  });

  test('a user that an import leaves out of a whole list', async () => {
    const { arn, caller } = await newUser();
    const { token, checker } = await make(caller);
    await calling(token);
    const others = (await gateway.directory.prisma.user.findMany()).filter((user) => user.arn !== arn);
    await gateway.directory.apply({
      users: others.map((user) => ({ arn: user.arn, inlinePolicies: [], attachedPolicies: [] })),
      wholeLists: [{ accountId: A, kind: 'users' }],
    });
    await expect(calling(token)).rejects.toMatchObject(INVALID);
    expect(await gateway.directory.checkers.get(checker.id)).toBeNull();
  });

  test('a user that gets its true id, or another name, is the same one', async () => {
    const { arn, caller } = await newUser();
    const { token } = await make(caller);
    const user = { inlinePolicies: [], attachedPolicies: [] };
    await gateway.directory.apply({ users: [{ ...user, arn, id: `AIDATRUE${count}` }] });
    const id = `AIDATRUE${count}`;
    expect(await calling(token)).toMatchObject({ checker: { maker: { id, arn } } });
    const others = (await gateway.directory.prisma.user.findMany()).filter((one) => one.arn !== arn);
    await gateway.directory.apply({
      users: [{ ...user, arn: `${arn}-renamed`, id }, ...others.map((one) => ({ ...user, arn: one.arn }))],
      wholeLists: [{ accountId: A, kind: 'users' }],
    });
    expect(await calling(token)).toMatchObject({
      checker: { maker: { id, arn: `${arn}-renamed` } },
      maker: { ref: { arn: `${arn}-renamed` } },
    });
    // Who comes under the former name is another one.
    await gateway.directory.apply({ users: [{ ...user, arn }] });
    expect(await calling(token)).toMatchObject({ maker: { ref: { arn: `${arn}-renamed` } } });
  });

  test('a role, whose session made it: not with the session, but with the role', async () => {
    const { role, caller } = await inNewRole();
    const { token, checker } = await make(caller);
    expect(checker.maker).toMatchObject({ kind: 'role', arn: role });
    await gateway.sessions.exitRole(caller, NOON);
    const later = NOON + 30 * DAY;
    expect(await calling(token, later)).toMatchObject({ maker: { session: { roleArn: role } } });
    await changes.deleteRole(OPERATOR, { roleArn: role, withDependents: true }, NOON);
    await expect(calling(token, later)).rejects.toMatchObject(INVALID);
  });

  test('the limits and tags of the session that made it go on to count', async () => {
    const sessionPolicies = [JSON.stringify({ Version: '2012-10-17', Statement: [allow('s3:*')] })];
    const { caller } = await inNewRole({ sessionPolicies });
    const { token } = await make(caller);
    expect(await calling(token, NOON + DAY)).toMatchObject({ maker: { session: { sessionPolicies } } });
  });
});

describe('rotation', () => {
  test('by the checker itself ends the old token at once, and moves no end', async () => {
    const { token, checker } = await make(OPERATOR, { expiresAt: NOON + DAY });
    const caller = await calling(token);
    const rotated = await rotate(caller);
    expect(rotated.checker).toMatchObject({ id: checker.id, expiresAt: NOON + DAY, rotatedAt: NOON });
    await expect(calling(token)).rejects.toMatchObject(INVALID);
    expect(await calling(rotated.token)).toMatchObject({ checker: { id: checker.id } });
    await expect(rotate(await calling(rotated.token), null, NOON + 2 * DAY)).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'expiresAt',
    });
    // The token that was used before still stands in a request under way.
    await expect(rotate(caller)).rejects.toMatchObject(INVALID);
    expect(await calling(rotated.token)).toHaveProperty('kind', 'checker');
  });

  test('two at once with one token: one of them has the checker', async () => {
    const caller = await calling((await make(OPERATOR)).token);
    const results = await Promise.allSettled([rotate(caller), rotate(caller)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('by others names the checker, and can move its end', async () => {
    const { checker } = await make(OPERATOR);
    await expect(rotate(OPERATOR)).rejects.toMatchObject({ code: 'ValidationError', field: 'checkerId' });
    const { token } = await rotate(OPERATOR, checker.id, NOON + DAY);
    await expect(calling(token, NOON + DAY)).rejects.toMatchObject(EXPIRED);
    await expect(rotate(OPERATOR, checker.id, null, NOON + 2 * DAY)).rejects.toMatchObject({ field: 'expiresAt' });
    const again = await rotate(OPERATOR, checker.id, NOON + 3 * DAY, NOON + 2 * DAY);
    expect(await calling(again.token, NOON + 2 * DAY)).toHaveProperty('kind', 'checker');
    for (const id of ['x', '\0', 'a'.repeat(5_000), '00000000-0000-0000-0000-000000000000']) {
      await expect(rotate(OPERATOR, id)).rejects.toMatchObject({ code: 'NoSuchEntity' });
    }
  });

  test('by another session of the role asks in that session from then on; by the operator as before', async () => {
    const { caller } = await inNewRole();
    const { checker } = await make(caller);
    expect(await calling((await rotate(OPERATOR, checker.id)).token)).toMatchObject({
      maker: { session: { sessionPolicies: [] } },
    });
    if (caller.kind !== 'principal' || caller.session === null) throw new Error('no role session');
    const id = 'narrower';
    const sessionPolicies = [JSON.stringify({ Version: '2012-10-17', Statement: [allow('s3:*')] })];
    const session = { ...caller.session, id, accessKeyId: 'ASIANARROWER', sessionPolicies };
    await gateway.directory.sessions.create(session);
    const rotated = await rotate({ ...caller, session }, checker.id);
    expect(await calling(rotated.token)).toMatchObject({ maker: { session: { id, sessionPolicies } } });
  });
});

test('a revoked checker is gone: its token ends at once', async () => {
  const { token, checker } = await make(OPERATOR);
  await calling(token);
  await gateway.sessions.revokeChecker(OPERATOR, checker.id, NOON);
  await expect(calling(token)).rejects.toMatchObject(INVALID);
  const again = gateway.sessions.revokeChecker(OPERATOR, checker.id, NOON);
  await expect(again).rejects.toMatchObject({ code: 'NoSuchEntity' });
});

test('the trail has what was done with a checker, by whom, and never a token or its hash', async () => {
  const { caller, arn } = await newUser();
  const before = await gateway.directory.audit.count({});
  const { token, checker } = await make(caller, { accountIds: [A, B], actions: ['s3:Get*'] });
  const own = await rotate(await calling(token));
  await gateway.sessions.revokeChecker(OPERATOR, checker.id, NOON);
  await expect(make(caller, { name: '' })).rejects.toMatchObject({ code: 'ValidationError' });
  const events = (await gateway.directory.audit.list({ limit: 1000 })).slice(before);
  const target = checker.id;
  const expiresAt = new Date(NOON + 90 * DAY).toISOString();
  const parameters = { name: 'orders', accountIds: `${A},${B}`, actions: 's3:Get*', search: 'false', expiresAt };
  expect(events).toMatchObject([
    {
      event: 'CreateChecker',
      action: 'rolegate:CreateChecker',
      principal: arn,
      target,
      parameters,
      outcome: 'SUCCEEDED',
    },
    { event: 'RotateChecker', principal: `checker/${target}`, target, parameters, outcome: 'SUCCEEDED' },
    { event: 'RevokeChecker', principal: 'operator', target, parameters, outcome: 'SUCCEEDED' },
    { event: 'CreateChecker', principal: arn, outcome: 'FAILED', code: 'ValidationError' },
  ]);
  const written = JSON.stringify(events, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  expect(written).toContain(target);
  for (const secret of [token, own.token, checker.tokenHash]) expect(written).not.toContain(secret);
  // They are events of every account of its scope.
  const ofB = await gateway.directory.audit.list({ limit: 1000, filter: { accountIds: [B], target } });
  expect(ofB.map(({ event }) => event)).toEqual(['CreateChecker', 'RotateChecker', 'RevokeChecker']);
});
