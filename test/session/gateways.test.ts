import { Secret, TOTP } from 'otpauth';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { NOON } from '../support/questions.ts';
import { basic, bearer, decide, type Gateway, openOn } from './gateway.ts';

const alice = userArn('alice');
const R = roleArn('R');
const OPERATOR: Caller = { kind: 'operator' };
const S3 = ['s3:GetObject', 'arn:aws:s3:::b/x'] as const;
const STEP = 30_000;

/** What one gateway does, the others of its database know at once. */
describe('two gateways on one server', () => {
  let url: string;
  let one: Gateway;
  let two: Gateway;
  let header: string;
  let caller: Caller;

  beforeAll(async () => {
    url = await (await sharedPostgres()).createMigrated();
    one = await openOn({ kind: 'server', url });
    two = await openOn({ kind: 'server', url });
    await one.directory.apply({
      accounts: [{ id: A, membership: 'NONE' }],
      users: [aUser('alice', [allow('sqs:*')])],
      roles: [aRole('R', [trusts({ AWS: alice })], [allow('s3:*')])],
    });
    header = basic(await one.sessions.createAccessKey({ userArn: alice }));
    caller = await one.sessions.authenticate(header, NOON);
  });
  afterAll(async () => {
    await one?.directory.close();
    await two?.directory.close();
  });

  const assume = (gateway: Gateway, rest: { serialNumber?: string; tokenCode?: string } = {}, now = NOON) =>
    gateway.sessions.assumeRole(caller, { role: R, roleSessionName: 's1', ...rest }, now);

  it('know the sessions of each other, and that they were left', async () => {
    const assumed = await assume(one);
    const there = await two.sessions.authenticate(bearer(assumed), NOON);
    expect((await decide(two, there, S3, NOON)).allowed).toBe(true);
    await one.sessions.exitRole(await one.sessions.authenticate(bearer(assumed), NOON), NOON + 1);
    await expect(two.sessions.authenticate(bearer(assumed), NOON + 1)).rejects.toMatchObject({ code: 'ExpiredToken' });
  });

  it('know of a browser what it is in', async () => {
    const accessKeyId = Buffer.from(header.slice(6), 'base64').toString().split(':')[0] ?? '';
    const secretAccessKey = one.secrets.secretFor(accessKeyId);
    const { token } = await one.sessions.signIn({ accessKeyId, secretAccessKey }, NOON);
    await one.sessions.switchRole(await one.sessions.authenticateSignIn(token, NOON), { role: R }, NOON);
    const inRole = await two.sessions.authenticateSignIn(token, NOON);
    expect(inRole).toMatchObject({ session: { roleArn: R } });
    await two.sessions.exitRole(inRole, NOON + 1);
    expect(await one.sessions.authenticateSignIn(token, NOON + 1)).toMatchObject({
      ref: { arn: alice },
      session: null,
    });
    await one.sessions.signOut(await one.sessions.authenticateSignIn(token, NOON + 1), NOON + 2);
    await expect(two.sessions.authenticateSignIn(token, NOON + 2)).rejects.toMatchObject({ code: 'ExpiredToken' });
  });

  it('know the checkers of each other: made, used, rotated, revoked', async () => {
    const input = { name: 'shared', accountIds: [A], actions: null, search: false, expiresAt: null };
    const { token, checker } = await one.sessions.createChecker(caller, input, NOON);
    const calling = (gateway: Gateway, by: string) => gateway.sessions.authenticate(`Bearer ${by}`, NOON);
    for (const gateway of [two, one])
      expect(await calling(gateway, token)).toMatchObject({ checker: { id: checker.id } });
    expect((await one.directory.checkers.get(checker.id))?.lastUsedAt).toBe(NOON);
    const rotated = await two.sessions.rotateChecker(
      await calling(two, token),
      { checkerId: null, expiresAt: null },
      NOON,
    );
    await expect(calling(one, token)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    expect(await calling(one, rotated.token)).toMatchObject({ maker: { ref: { arn: alice } } });
    await two.sessions.revokeChecker(OPERATOR, checker.id, NOON);
    await expect(calling(one, rotated.token)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
  });

  it('accept a code once, of many that come to both at the same time', async () => {
    const device = await one.sessions.createVirtualMfaDevice(OPERATOR, { accountId: A, name: 'alice' }, NOON);
    const { serialNumber, seed } = device;
    const codeAt = (timestamp: number) => new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp });
    const codes = { authenticationCode1: codeAt(NOON - STEP), authenticationCode2: codeAt(NOON) };
    await one.sessions.enableMfaDevice(OPERATOR, { userArn: alice, serialNumber, ...codes }, NOON);
    const later = NOON + 10 * STEP;
    const attempts = Array.from({ length: 20 }, (_, index) =>
      assume(index % 2 === 0 ? one : two, { serialNumber, tokenCode: codeAt(later) }, later),
    );
    const done = await Promise.allSettled(attempts);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('sign with the newest key, accept the tokens of older ones, and none of those that are retired', async () => {
    const [old] = (await one.sessions.jwks(NOON)).keys;
    const before = await assume(one);
    expect(await one.sessions.rotateSigningKey(OPERATOR, {}, NOON)).toBe(2);
    const after = await assume(two);
    const kidOf = (token: string): unknown =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    expect(kidOf(after.credentials.sessionToken)).not.toBe(kidOf(before.credentials.sessionToken));
    for (const gateway of [one, two]) {
      expect(await gateway.sessions.authenticate(bearer(before), NOON)).toHaveProperty('session');
      expect(await gateway.sessions.authenticate(bearer(after), NOON)).toHaveProperty('session');
      expect((await gateway.sessions.jwks(NOON)).keys).toHaveLength(2);
    }
    // No token of the first generation can be valid any more.
    expect((await two.sessions.jwks(NOON + 129_600_000)).keys).not.toContainEqual(old);
    await two.sessions.rotateSigningKey(OPERATOR, { retireOlder: true }, NOON);
    for (const token of [before, after]) {
      await expect(one.sessions.authenticate(bearer(token), NOON)).rejects.toMatchObject({
        code: 'InvalidClientTokenId',
      });
    }
    expect((await one.sessions.jwks(NOON)).keys).toHaveLength(1);
    expect(await two.sessions.authenticate(bearer(await assume(one)), NOON)).toHaveProperty('session');
  });

  it('keep one trail, in which nothing is missed and nothing can be changed', async () => {
    const start = (await one.directory.audit.list({ limit: 1000 })).at(-1)?.sequence ?? 0n;
    const nobody = (index: number) => ({ role: roleArn(`None${index}`), roleSessionName: 's1' });
    const seen: bigint[] = [];
    const read = async (): Promise<void> => {
      while (seen.length < 24) {
        const events = await two.directory.audit.list({ after: seen.at(-1) ?? start, limit: 3 });
        seen.push(...events.map(({ sequence }) => sequence));
      }
    };
    const reader = read();
    const work = Array.from({ length: 24 }, (_, index) => {
      const gateway = index % 2 === 0 ? one : two;
      return index % 3 === 0 ? assume(gateway) : gateway.sessions.assumeRole(caller, nobody(index), NOON).catch(String);
    });
    await Promise.all(work);
    const all = await one.directory.audit.list({ after: start, limit: 1000 });
    await reader;
    expect(all).toHaveLength(24);
    expect(seen).toEqual(all.map(({ sequence }) => sequence));

    const pool = new Pool({ connectionString: url });
    try {
      for (const statement of [
        `UPDATE "AuditEvent" SET principal = 'nobody'`,
        'DELETE FROM "AuditEvent"',
        'TRUNCATE "AuditEvent" CASCADE',
        `UPDATE "AuditEventAccount" SET "accountId" = 'x'`,
        'DELETE FROM "AuditEventAccount"',
        'TRUNCATE "AuditEventAccount"',
      ]) {
        await expect(pool.query(statement)).rejects.toThrow(/the audit trail is never changed/);
      }
    } finally {
      await pool.end();
    }
    expect(await one.directory.audit.list({ after: start, limit: 1000 })).toEqual(all);
  });
});
