import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, openShared, signIn } from './gateway.ts';

const alice = userArn('alice');
const bob = userArn('bob');
const HOUR = 3_600_000;
const GET = ['s3:GetObject', 'arn:aws:s3:::b/x'] as const;
const PUT = ['s3:PutObject', 'arn:aws:s3:::b/x'] as const;
const BOB: Caller = {
  kind: 'principal',
  ref: { kind: 'root', arn: `arn:aws:iam::${A}:root`, accountId: A },
  keyId: 'AKIAROOT',
  session: null,
}; // prettier-ignore

describe('temporary credentials of a user', () => {
  let gateway: Gateway;
  let caller: Caller;

  beforeAll(async () => {
    gateway = await openShared({
      accounts: [{ id: A, membership: 'NONE' }],
      users: [
        aUser('alice', [allow(['s3:*', 'iam:*', 'sts:*', 'sqs:*'])], { tags: { team: 'red' } }),
        aUser('bob', [allow('*'), deny('sts:GetFederationToken')]),
        aUser('gone', [allow('*')]),
      ],
      roles: [
        aRole('R', [trusts({ AWS: alice })], [allow('ec2:*')]),
        aRole('Late', [
          trusts({ AWS: A }, { condition: { DateGreaterThan: { 'aws:TokenIssueTime': '2026-11-23T12:00:00Z' } } }),
        ]),
      ],
    });
    caller = await signIn(gateway, { userArn: alice }, NOON);
  });
  afterAll(() => gateway.directory.close());

  const session = async (who: Caller, at = NOON): Promise<Caller> => {
    const credentials = await gateway.sessions.getSessionToken(who, {}, at);
    return gateway.sessions.authenticate(bearer({ credentials }), at);
  };
  const federated = async (input: { sessionPolicies?: string[] } = {}): Promise<Caller> => {
    const token = await gateway.sessions.getFederationToken(caller, { name: 'frank', ...input }, NOON);
    return gateway.sessions.authenticate(bearer(token), NOON);
  };

  it('of sts:GetSessionToken make it the user, for twelve hours if nothing is said', async () => {
    const credentials = await gateway.sessions.getSessionToken(caller, {}, NOON);
    expect(credentials.expiration).toBe(NOON + 12 * HOUR);
    const held = await gateway.sessions.authenticate(bearer({ credentials }), NOON);
    expect(held).toMatchObject({ ref: { arn: alice }, session: null, keySession: { kind: 'SESSION_TOKEN' } });
    expect(await gateway.sessions.getCallerIdentity(held)).toEqual(await gateway.sessions.getCallerIdentity(caller));
    expect((await decide(gateway, held, GET, NOON)).allowed).toBe(true);
    await expect(gateway.sessions.authenticate(bearer({ credentials }), NOON + 12 * HOUR)).rejects.toMatchObject({
      code: 'ExpiredToken',
    });
  });

  it.each([
    [899, /greater than or equal to 900/],
    [129_601, /less than or equal to 129600/],
  ])('last 900 to 129,600 seconds, not %s', async (durationSeconds, message) => {
    await expect(gateway.sessions.getSessionToken(caller, { durationSeconds }, NOON)).rejects.toThrow(message);
    const federation = gateway.sessions.getFederationToken(caller, { name: 'frank', durationSeconds }, NOON);
    await expect(federation).rejects.toThrow(message);
  });

  it('of sts:GetSessionToken call IAM only with MFA, and of STS only what assumes and says who it is', async () => {
    const held = await session(caller);
    const on = async (action: string, resource = '*') =>
      (await decide(gateway, held, [action, resource], NOON)).allowed;
    expect(await on('iam:ListUsers')).toBe(false);
    expect(await on('sts:GetFederationToken')).toBe(false);
    expect(await on('sts:GetCallerIdentity')).toBe(true);
    const assumed = await gateway.sessions.assumeRole(held, { role: roleArn('R'), roleSessionName: 's1' }, NOON);
    // Not chaining: it is the user that assumes.
    expect(assumed.session).toMatchObject({ assumedBy: alice, parentId: null });
    if (held.kind !== 'principal' || held.keySession === undefined) throw new Error('no key session');
    const withMfa = { ...held, keySession: { ...held.keySession, mfaAuthenticatedAt: NOON } };
    expect((await decide(gateway, withMfa, ['iam:ListUsers', '*'], NOON)).allowed).toBe(true);
  });

  it('have the time at which they were issued, which a long-term key has not', async () => {
    const into = async (who: Caller) =>
      gateway.sessions.assumeRole(who, { role: roleArn('Late'), roleSessionName: 's1' }, NOON + 5000);
    await expect(into(caller)).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
    await expect(into(await session(caller, NOON))).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await into(await session(caller, NOON + 1))).toHaveProperty('session');
  });

  it('are made with a long-term key alone', async () => {
    const assumed = await gateway.sessions.assumeRole(caller, { role: roleArn('R'), roleSessionName: 's1' }, NOON);
    const inRole = await gateway.sessions.authenticate(bearer(assumed), NOON);
    for (const who of [inRole, await session(caller), await federated()]) {
      await expect(gateway.sessions.getSessionToken(who, {}, NOON)).rejects.toThrow(
        'Cannot call GetSessionToken with session credentials',
      );
      await expect(gateway.sessions.getFederationToken(who, { name: 'frank' }, NOON)).rejects.toThrow(
        'Cannot call GetFederationToken with session credentials',
      );
    }
    const service = await signIn(gateway, { service: 'ec2.amazonaws.com' }, NOON);
    await expect(gateway.sessions.getSessionToken(service, {}, NOON)).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('of a root user last an hour at most', async () => {
    const credentials = await gateway.sessions.getSessionToken(BOB, { durationSeconds: 43_200 }, NOON);
    expect(credentials.expiration).toBe(NOON + HOUR);
  });

  it('of sts:GetFederationToken need its permission', async () => {
    const denied = await signIn(gateway, { userArn: bob }, NOON);
    await expect(gateway.sessions.getFederationToken(denied, { name: 'frank' }, NOON)).rejects.toMatchObject({
      code: 'AccessDenied',
      answer: { decision: { effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' } },
    });
    for (const name of ['f', 'f'.repeat(33), 'fr/ank']) {
      const attempt = gateway.sessions.getFederationToken(caller, { name }, NOON);
      await expect(attempt).rejects.toMatchObject({ code: 'ValidationError', field: 'name' });
    }
  });

  it('of sts:GetFederationToken allow what the user and the session policies both allow; without any, nothing', async () => {
    const nothing = await federated();
    expect(await decide(gateway, nothing, GET, NOON)).toMatchObject({ allowed: false, deniedBy: 'SESSION_POLICY' });
    const some = await federated({ sessionPolicies: [policy(allow(['s3:GetObject', 'ec2:*', 'iam:*', 'sts:*']))] });
    expect(await gateway.sessions.getCallerIdentity(some)).toEqual({
      userId: `${A}:frank`,
      account: A,
      arn: `arn:aws:sts::${A}:federated-user/frank`,
    });
    expect((await decide(gateway, some, GET, NOON)).allowed).toBe(true);
    expect(await decide(gateway, some, PUT, NOON)).toMatchObject({ deniedBy: 'SESSION_POLICY' });
    expect(await decide(gateway, some, ['ec2:RunInstances', '*'], NOON)).toMatchObject({ deniedBy: 'IDENTITY_POLICY' });
    expect((await decide(gateway, some, ['iam:ListUsers', '*'], NOON)).allowed).toBe(false);
    expect((await decide(gateway, some, ['sts:GetSessionToken', '*'], NOON)).allowed).toBe(false);
    const assuming = gateway.sessions.assumeRole(some, { role: roleArn('R'), roleSessionName: 's1' }, NOON);
    await expect(assuming).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('die with their user, and not with the key they were made with', async () => {
    const gone = userArn('gone');
    const key = await gateway.sessions.createAccessKey({ userArn: gone });
    const basic = `Basic ${Buffer.from(`${key.accessKeyId}:${key.secretAccessKey}`).toString('base64')}`;
    const who = await gateway.sessions.authenticate(basic, NOON);
    const credentials = await gateway.sessions.getSessionToken(who, {}, NOON);
    const header = bearer({ credentials });
    await gateway.sessions.setAccessKeyActive({ kind: 'operator' }, { ...key, active: false }, NOON);
    await expect(gateway.sessions.authenticate(basic, NOON)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    expect(await gateway.sessions.authenticate(header, NOON)).toMatchObject({ ref: { arn: gone } });
    await gateway.sessions.deleteAccessKey({ kind: 'operator' }, { accessKeyId: key.accessKeyId }, NOON);
    await expect(gateway.sessions.authenticate(basic, NOON)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    expect(await gateway.sessions.authenticate(header, NOON)).toMatchObject({ ref: { arn: gone } });
    await gateway.directory.entities.deleteUser({ userArn: gone, withDependents: true });
    await expect(gateway.sessions.authenticate(header, NOON)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
  });
});
