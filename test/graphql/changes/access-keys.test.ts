import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aUser, deny, userArn } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { type Live, liveGateway } from '../live.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

const alice = userArn('alice');
const bob = userArn('bob');
const KEYS = 'accessKeys { accessKeyId active createdAt }';
const NEW_KEY = '... on CreateAccessKeySuccess { accessKeyId secretAccessKey }';

let services: TestServices;
let live: Live;
let admin: Caller;
let reader: Caller;

beforeAll(async () => {
  services = await openServices({
    accounts: [{ id: A, membership: 'NONE' }],
    users: [
      aUser('admin', [allow('iam:*'), deny('iam:*', userArn('root-like'))]),
      aUser('reader', [allow('iam:GetUser')]),
      aUser('alice', [allow('iam:CreateAccessKey', alice)]),
      aUser('bob'),
    ],
    accessKeys: [
      { id: 'AKIAADMINAAAAAAAAAAA', user: userArn('admin') },
      { id: 'AKIAREADERAAAAAAAAAA', user: userArn('reader') },
      { id: 'AKIAALICEAAAAAAAAAAA', user: alice },
    ],
  });
  live = liveGateway(services);
  admin = await services.signIn('AKIAADMINAAAAAAAAAAA');
  reader = await services.signIn('AKIAREADERAAAAAAAAAA');
}, OPENING);
afterAll(() => services.remove());

const keysOf = (caller: Caller, user: string, selected = KEYS) =>
  live.ask(caller, `{ principal(principalId: "${user}") { ... on User { ${selected} } } }`);

describe('a key', () => {
  test('is made by who may, for oneself and for others, and no more than two', async () => {
    const own = await services.signIn('AKIAALICEAAAAAAAAAAA');
    const made = await live.mutate(own, 'createAccessKey', { principal: alice }, NEW_KEY);
    expect(made).toMatchObject({ __typename: 'CreateAccessKeySuccess', accessKeyId: expect.stringMatching(/^AKIA/) });
    expect(await services.signIn(made.accessKeyId)).toMatchObject({ ref: { arn: alice } });
    expect(await live.mutate(own, 'createAccessKey', { principal: alice })).toMatchObject({
      __typename: 'LimitExceeded',
    });
    expect(await live.mutate(admin, 'createAccessKey', { principal: bob })).toMatchObject({
      __typename: 'CreateAccessKeySuccess',
    });
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'CreateAccessKey',
      principal: userArn('admin'),
      target: bob,
      outcome: 'SUCCEEDED',
    });
  });

  test('is refused to who may not, there or not, with AWS’s sentence; the trail tells of it', async () => {
    const sentence = (user: string) =>
      `User: ${userArn('reader')} is not authorized to perform: iam:CreateAccessKey on resource: ${user} because no identity-based policy allows the iam:CreateAccessKey action`;
    for (const user of [bob, userArn('nobody')]) {
      expect(await live.mutate(reader, 'createAccessKey', { principal: user })).toEqual({
        __typename: 'AccessDenied',
        code: 'AccessDenied',
        message: sentence(user),
        decision: { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' },
      });
      expect((await live.trail()).at(-1)).toMatchObject({
        event: 'CreateAccessKey',
        action: 'iam:CreateAccessKey',
        principal: userArn('reader'),
        target: user,
        outcome: 'REFUSED',
        code: 'AccessDenied',
        effect: 'IMPLICIT_DENY',
        deniedBy: 'IDENTITY_POLICY',
      });
    }
    const missing = { principal: userArn('nobody') };
    expect(await live.mutate(admin, 'createAccessKey', missing)).toMatchObject({ __typename: 'NoSuchEntity' });
  });

  test('of a service is for the operator alone, whatever policies say', async () => {
    const service = { principal: 'lambda.amazonaws.com' };
    expect(await live.mutate(admin, 'createAccessKey', service)).toEqual({
      __typename: 'AccessDenied',
      code: 'AccessDenied',
      message: 'only the operator may manage the keys of services',
      decision: null,
    });
    expect((await live.trail()).at(-1)).toMatchObject({ target: 'lambda.amazonaws.com', outcome: 'REFUSED' });
    const made = await live.mutate(OPERATOR, 'createAccessKey', service, NEW_KEY);
    const off = { ...service, accessKeyId: made.accessKeyId, active: false };
    expect(await live.mutate(admin, 'updateAccessKey', off)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await live.mutate(OPERATOR, 'updateAccessKey', off)).toMatchObject({ __typename: 'UpdateAccessKeySuccess' });
    await expect(services.signIn(made.accessKeyId)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    const key = { ...service, accessKeyId: made.accessKeyId };
    expect(await live.mutate(admin, 'deleteAccessKey', key)).toMatchObject({
      __typename: 'AccessDenied',
      message: 'only the operator may manage the keys of services',
    });
    expect(await live.mutate(OPERATOR, 'deleteAccessKey', key)).toEqual({ __typename: 'DeleteAccessKeySuccess' });
    expect(await live.mutate(OPERATOR, 'deleteAccessKey', key)).toMatchObject({ __typename: 'NoSuchEntity' });
  });

  test('of a role there is none', async () => {
    const role = { principal: `arn:aws:iam::${A}:role/R` };
    expect(await live.mutate(admin, 'createAccessKey', role)).toMatchObject({
      __typename: 'ValidationError',
      field: 'principal',
    });
  });
});

describe('a key is switched off and on', () => {
  const key = { principal: userArn('reader'), accessKeyId: 'AKIAREADERAAAAAAAAAA' };

  test('by who may', async () => {
    const answer = await live.mutate(
      admin,
      'updateAccessKey',
      { ...key, active: false },
      '... on UpdateAccessKeySuccess { accessKeyId active }',
    );
    expect(answer).toEqual({ __typename: 'UpdateAccessKeySuccess', accessKeyId: key.accessKeyId, active: false });
    await expect(services.signIn(key.accessKeyId)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    await live.mutate(admin, 'updateAccessKey', { ...key, active: true });
    expect(await services.signIn(key.accessKeyId)).toMatchObject({ keyId: key.accessKeyId });
  });

  test('by nobody else; that it is not there is told to who may', async () => {
    expect(await live.mutate(reader, 'updateAccessKey', { ...key, active: false })).toMatchObject({
      __typename: 'AccessDenied',
      decision: { deniedBy: 'IDENTITY_POLICY' },
    });
    expect((await live.trail()).at(-1)).toMatchObject({ target: key.accessKeyId, outcome: 'REFUSED' });
    // A key of somebody else is not the user's, whoever may change both.
    const others = { principal: bob, accessKeyId: key.accessKeyId, active: false };
    expect(await live.mutate(admin, 'updateAccessKey', others)).toMatchObject({ __typename: 'NoSuchEntity' });
    expect((await live.trail()).at(-1)).toMatchObject({ target: key.accessKeyId, outcome: 'FAILED' });
    expect(await services.signIn(key.accessKeyId)).toMatchObject({ keyId: key.accessKeyId });
  });
});

describe('a key is deleted', () => {
  let users = 0;
  /** The only key of a new user. */
  const newKey = async () => {
    users += 1;
    const carol = userArn(`carol-${users}`);
    await services.directory.apply({ users: [aUser(`carol-${users}`)] });
    const made = await live.mutate(OPERATOR, 'createAccessKey', { principal: carol }, NEW_KEY);
    return { principal: carol, accessKeyId: String(made.accessKeyId), secretAccessKey: String(made.secretAccessKey) };
  };

  test('by who may, for good: it signs nobody in, and its browsers out', async () => {
    const { secretAccessKey, ...key } = await newKey();
    const browser = live.browser();
    await browser.mutate('signIn', { accessKeyId: key.accessKeyId, secretAccessKey });
    const cookie = browser.cookie() ?? '';
    expect(await services.sessions.authenticateSignIn(cookie, live.now)).toMatchObject({ ref: { arn: key.principal } });
    const answer = await live.mutate(admin, 'deleteAccessKey', key, '... on DeleteAccessKeySuccess { accessKeyId }');
    expect(answer).toEqual({ __typename: 'DeleteAccessKeySuccess', accessKeyId: key.accessKeyId });
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'DeleteAccessKey',
      action: 'iam:DeleteAccessKey',
      principal: userArn('admin'),
      target: key.accessKeyId,
      outcome: 'SUCCEEDED',
    });
    await expect(services.signIn(key.accessKeyId)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    await expect(services.sessions.authenticateSignIn(cookie, live.now)).rejects.toMatchObject({
      code: 'ExpiredToken',
    });
    expect((await keysOf(admin, key.principal)).principal.accessKeys).toEqual([]);
    for (const change of ['deleteAccessKey', 'updateAccessKey']) {
      const again = { ...key, ...(change === 'updateAccessKey' ? { active: true } : {}) };
      expect(await live.mutate(admin, change, again)).toMatchObject({
        __typename: 'NoSuchEntity',
        message: `The Access Key with id ${key.accessKeyId} cannot be found.`,
      });
      expect((await live.trail()).at(-1)).toMatchObject({ target: key.accessKeyId, outcome: 'FAILED' });
    }
  });

  test('by nobody else, and none of somebody else', async () => {
    const { secretAccessKey: _, ...key } = await newKey();
    expect(await live.mutate(reader, 'deleteAccessKey', key)).toMatchObject({
      __typename: 'AccessDenied',
      decision: { deniedBy: 'IDENTITY_POLICY' },
    });
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'DeleteAccessKey',
      target: key.accessKeyId,
      outcome: 'REFUSED',
    });
    const others = { ...key, principal: bob };
    expect(await live.mutate(admin, 'deleteAccessKey', others)).toMatchObject({ __typename: 'NoSuchEntity' });
    expect(await services.signIn(key.accessKeyId)).toMatchObject({ keyId: key.accessKeyId });
  });

  test('and its account sees who deleted it', async () => {
    const { secretAccessKey: _, ...key } = await newKey();
    await live.mutate(OPERATOR, 'deleteAccessKey', key);
    const [last] = await services.directory.audit.list({ limit: 1, newest: true, filter: { accountIds: [A] } });
    expect(last).toMatchObject({ event: 'DeleteAccessKey', principal: 'operator', target: key.accessKeyId });
  });
});

test('keys are listed to who may list them, without their secrets', async () => {
  const { principal } = await keysOf(admin, userArn('reader'));
  expect(principal.accessKeys).toEqual([
    { accessKeyId: 'AKIAREADERAAAAAAAAAA', active: true, createdAt: expect.stringMatching(/Z$/) },
  ]);
  const query = `{ principal(principalId: "${bob}") { ... on User { name ${KEYS} } } }`;
  expect(await live.fail(reader, query)).toEqual([
    { code: 'FORBIDDEN', message: '`accessKeys` needs iam:ListAccessKeys, which you are not allowed' },
  ]);
});
