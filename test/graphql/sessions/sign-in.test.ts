import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { A, allow, aRole, aUser, B, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, NOW, OPERATOR } from '../gateway.ts';
import { type Live, liveGateway } from '../live.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

const alice = userArn('alice');
const KEY = 'AKIAALICEAAAAAAAAAAA';
const HOUR = 3_600_000;
const OBJECT = 'arn:aws:s3:::b/x';
const QUEUE = `arn:aws:sqs:eu-west-1:${B}:q`;

let services: TestServices;
let live: Live;

beforeAll(async () => {
  services = await openServices({
    accounts: [
      { id: A, membership: 'NONE' },
      { id: B, membership: 'NONE' },
    ],
    users: [aUser('alice', [allow('s3:*'), allow('sts:AssumeRole')]), aUser('bob', [allow('sqs:*')])],
    accessKeys: [
      { id: KEY, user: alice },
      { id: 'AKIABOBAAAAAAAAAAAAA', user: userArn('bob') },
    ],
    roles: [
      aRole('Queues', [trusts({ AWS: A })], [allow(['sqs:*', 'sts:AssumeRole'])], { arn: roleArn('Queues', B) }),
      aRole('Other', [trusts({ AWS: A })], [allow('sns:*')], { arn: roleArn('Other', B) }),
      aRole('OnlyQueues', [trusts({ AWS: roleArn('Queues', B) })], [], { arn: roleArn('OnlyQueues', B) }),
    ],
  });
  live = liveGateway(services);
}, OPENING);
afterAll(() => services.remove());

function keyOf(accessKeyId: string) {
  return { accessKeyId, secretAccessKey: services.secrets.secretFor(accessKeyId) };
}

const VIEWER = `principal { principalId object: can(action: "s3:GetObject", resource: "${OBJECT}") { allowed }
  queue: can(action: "sqs:SendMessage", resource: "${QUEUE}") { allowed } }
  roleSession { roleSessionName assumedBy { principalId } } restoresTo { principalId }`;
const SIGNED_IN = `... on SignInSuccess { viewer { ${VIEWER} } expiresAt }`;

async function aBrowser() {
  const browser = live.browser();
  await browser.mutate('signIn', keyOf(KEY));
  return browser;
}

/** Who a browser is, and what it may do: an object as alice, a queue as the role. */
async function whoIs(browser: ReturnType<Live['browser']>) {
  const { viewer } = await browser.ask(`{ viewer { ${VIEWER} } }`);
  return [viewer.principal.principalId, viewer.principal.object.allowed, viewer.principal.queue.allowed];
}

describe('signing in', () => {
  test('keeps a cookie, and answers who signed in: also what is asked of them in the same operation', async () => {
    const browser = live.browser();
    expect(await browser.mutate('signIn', keyOf(KEY), SIGNED_IN)).toEqual({
      __typename: 'SignInSuccess',
      viewer: {
        principal: { principalId: alice, object: { allowed: true }, queue: { allowed: false } },
        roleSession: null,
        restoresTo: null,
      },
      expiresAt: new Date(NOW + 12 * HOUR).toISOString(),
    });
    expect(browser.cookie()).not.toBeNull();
    expect(await whoIs(browser)).toEqual([alice, true, false]);
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'SignIn',
      principal: alice,
      target: KEY,
      outcome: 'SUCCEEDED',
      sourceIp: '203.0.113.7',
      userAgent: 'tests',
    });
  });

  test.each([
    ['a key that is not there', { accessKeyId: 'AKIANOBODYAAAAAAAAAA', secretAccessKey: 'x' }, 'InvalidClientTokenId'],
    ['a temporary key', { accessKeyId: 'ASIANOBODYAAAAAAAAAA', secretAccessKey: 'x' }, 'InvalidClientTokenId'],
    ['a wrong secret', { accessKeyId: KEY, secretAccessKey: 'my-wrong-secret' }, 'SignatureDoesNotMatch'],
  ])('with %s is answered by AWS’s code, keeps no cookie, and is kept without the secret', async (_what, key, code) => {
    const browser = live.browser();
    expect(await browser.mutate('signIn', key)).toMatchObject({ __typename: 'AuthenticationFailed', code });
    expect(browser.cookie()).toBeNull();
    const kept = (await live.trail()).at(-1);
    expect(kept).toMatchObject({
      event: 'SignIn',
      principal: 'anonymous',
      target: key.accessKeyId,
      outcome: 'REFUSED',
      code,
    });
    expect(JSON.stringify(kept, (_name, value) => String(value))).not.toContain('my-wrong-secret');
  });

  test('with a code of an MFA device that is not the user’s is AWS’s AccessDenied; with the right one it is known', async () => {
    const device = await live.mutate(
      OPERATOR,
      'createVirtualMfaDevice',
      { accountId: A, name: 'alice' },
      '... on CreateVirtualMfaDeviceSuccess { serialNumber base32StringSeed }',
    );
    const totp = new TOTP({ secret: Secret.fromBase32(device.base32StringSeed) });
    const codeAt = (at: number) => totp.generate({ timestamp: at });
    await live.mutate(OPERATOR, 'enableMfaDevice', {
      userArn: alice,
      serialNumber: device.serialNumber,
      authenticationCode1: codeAt(NOW - 30_000),
      authenticationCode2: codeAt(NOW),
    });
    const mfa = { ...keyOf(KEY), serialNumber: device.serialNumber };
    const replayed = await live.browser().mutate('signIn', { ...mfa, tokenCode: codeAt(NOW) });
    expect(replayed).toEqual({
      __typename: 'AccessDenied',
      code: 'AccessDenied',
      message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
      decision: null,
    });
    const fresh = { ...mfa, tokenCode: codeAt(NOW + 30_000) };
    expect(await live.browser().mutate('signIn', fresh)).toEqual({ __typename: 'SignInSuccess' });
  });

  test('again ends the sign-in before: its cookie is good for nothing', async () => {
    const browser = await aBrowser();
    const before = browser.cookie() ?? '';
    await browser.mutate('signIn', keyOf('AKIABOBAAAAAAAAAAAAA'));
    expect((await whoIs(browser))[0]).toBe(userArn('bob'));
    await expect(services.sessions.authenticateSignIn(before, NOW)).rejects.toMatchObject({ code: 'ExpiredToken' });
  });
});

describe('signing out', () => {
  const OUT = '... on SignOutSuccess { viewer { userId } }';

  test('forgets the cookie, and the sign-in is good for nothing', async () => {
    const browser = await aBrowser();
    const cookie = browser.cookie() ?? '';
    expect(await browser.mutate('signOut', null, OUT)).toEqual({ __typename: 'SignOutSuccess', viewer: null });
    expect(browser.cookie()).toBeNull();
    await expect(services.sessions.authenticateSignIn(cookie, NOW)).rejects.toMatchObject({ code: 'ExpiredToken' });
    expect((await live.trail()).at(-1)).toMatchObject({ event: 'SignOut', principal: alice, outcome: 'SUCCEEDED' });
  });

  test('is nothing to somebody who is not signed in, and an error to other credentials', async () => {
    expect(await live.mutate(ANONYMOUS, 'signOut', null)).toEqual({ __typename: 'SignOutSuccess' });
    const user = await services.signIn(KEY);
    expect(await live.mutate(user, 'signOut', null)).toMatchObject({ __typename: 'ValidationError' });
  });
});

describe('a browser that assumes a role', () => {
  const role = roleArn('Queues', B);
  const SWITCHED =
    '... on AssumeRoleSuccess { roleSession { roleSessionName expiresAt } credentials { sessionToken } }';

  test('is switched into it, for the rest of the operation too, under the name of who signed in; leaving restores', async () => {
    const browser = await aBrowser();
    const operation = `mutation ($input: AssumeRoleInput!) {
      assumeRole(input: $input) { __typename ... on AssumeRoleSuccess { roleSession {
        roleSessionName role { name } assumedBy { principalId } queue: can(action: "sqs:SendMessage", resource: "${QUEUE}") { allowed } } } }
    }`;
    const { assumeRole } = await browser.ask(operation, { input: { role, roleSessionName: 'whatever' } });
    expect(assumeRole.roleSession).toEqual({
      roleSessionName: 'alice',
      role: { name: 'Queues' },
      assumedBy: { principalId: alice },
      queue: { allowed: true },
    });
    expect(await whoIs(browser)).toEqual([`arn:aws:sts::${B}:assumed-role/Queues/alice`, false, true]);
    const exit = `... on ExitRoleSuccess { endedSession { endReason state } viewer { ${VIEWER} } }`;
    expect(await browser.mutate('exitRole', null, exit)).toEqual({
      __typename: 'ExitRoleSuccess',
      endedSession: { endReason: 'EXITED', state: 'ENDED' },
      viewer: {
        principal: { principalId: alice, object: { allowed: true }, queue: { allowed: false } },
        roleSession: null,
        restoresTo: null,
      },
    });
    expect(await whoIs(browser)).toEqual([alice, true, false]);
    expect(await browser.mutate('exitRole', null)).toMatchObject({ __typename: 'ValidationError' });
  });

  test('switches from one role to another as who signed in, which is not chaining', async () => {
    const browser = await aBrowser();
    await browser.mutate('assumeRole', { role, roleSessionName: 'alice' });
    const chained = { role: roleArn('OnlyQueues', B), roleSessionName: 'alice' };
    expect(await browser.mutate('assumeRole', chained)).toMatchObject({
      __typename: 'AccessDenied',
      decision: { deniedBy: 'TRUST_POLICY' },
    });
    await browser.mutate('assumeRole', { role: roleArn('Other', B), roleSessionName: 'alice' });
    const { viewer } = await browser.ask('{ viewer { roleSession { arn chain { arn } } restoresTo { principalId } } }');
    expect(viewer).toEqual({
      roleSession: {
        arn: `arn:aws:sts::${B}:assumed-role/Other/alice`,
        chain: [{ arn: `arn:aws:sts::${B}:assumed-role/Other/alice` }],
      },
      restoresTo: { principalId: alice },
    });
  });

  test('has credentials of the same session, which end when the browser leaves it', async () => {
    const browser = await aBrowser();
    const { credentials } = await browser.mutate('assumeRole', { role, roleSessionName: 'alice' }, SWITCHED);
    const beside = await services.signInWith(credentials.sessionToken);
    const { viewer } = await live.ask(beside, '{ viewer { principal { principalId } } }');
    expect(viewer.principal.principalId).toBe(`arn:aws:sts::${B}:assumed-role/Queues/alice`);
    await browser.mutate('exitRole', null);
    await expect(services.signInWith(credentials.sessionToken)).rejects.toMatchObject({ code: 'ExpiredToken' });
  });

  test.each([
    { externalId: 'kk' },
    { durationSeconds: 900 },
    { sourceIdentity: 'bob' },
    { sessionPolicies: [{ Version: '2012-10-17', Statement: [] }] },
  ])('cannot say %j', async (given) => {
    const browser = await aBrowser();
    const answer = await browser.mutate('assumeRole', { role, roleSessionName: 'alice', ...given });
    expect(answer).toMatchObject({ __typename: 'ValidationError', field: Object.keys(given)[0] });
    expect((await whoIs(browser))[0]).toBe(alice);
  });
});

test('two mutations of one operation are as two requests of the browser', async () => {
  const operation = `mutation ($key: SignInInput!, $role: AssumeRoleInput!) {
    signIn(input: $key) { __typename }
    assumeRole(input: $role) { __typename }
    exitRole { ... on ExitRoleSuccess { viewer { principal { principalId } } } }
    signOut { __typename }
  }`;
  const browser = live.browser();
  const role = { role: roleArn('Queues', B), roleSessionName: 'alice' };
  expect(await browser.ask(operation, { key: keyOf(KEY), role })).toEqual({
    signIn: { __typename: 'SignInSuccess' },
    assumeRole: { __typename: 'AssumeRoleSuccess' },
    exitRole: { viewer: { principal: { principalId: alice } } },
    signOut: { __typename: 'SignOutSuccess' },
  });
  expect(browser.cookie()).toBeNull();
});
