import { Secret, TOTP } from 'otpauth';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import { MultiFactorAuthenticationFailed } from '../../src/session/errors.ts';
import type { NewMfaDevice } from '../../src/session/mfa.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, open, signIn } from './gateway.ts';
import { keptSessions } from './kept-sessions.ts';

const alice = userArn('alice');
const bob = userArn('bob');
const OPERATOR: Caller = { kind: 'operator' };
const STEP = 30_000;
const MFA = roleArn('Mfa');
const RECENT = roleArn('Recent');

/** What an authenticator shows at that time: made from what the gateway shows once, and nothing else of it. */
function codeAt(device: NewMfaDevice, at: number): string {
  return new TOTP({ secret: Secret.fromBase32(device.seed) }).generate({ timestamp: at });
}

describe('an MFA device', () => {
  let gateway: Gateway;
  let caller: Caller;
  let device: NewMfaDevice;
  /** Every code counts once, so each test has a time of its own. */
  let now = NOON;

  beforeEach(async () => {
    gateway = await open({
      accounts: [{ id: A }],
      users: [aUser('alice', [allow('*')]), aUser('bob', [allow('*')])],
      roles: [
        aRole(
          'Mfa',
          [trusts({ AWS: A }, { condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })],
          [{ ...allow('s3:GetObject'), Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }, allow('sqs:*')],
        ),
        aRole('Recent', [trusts({ AWS: A }, { condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } } })]),
      ],
    });
    caller = await signIn(gateway, { userArn: alice }, NOON);
    device = await gateway.sessions.createVirtualMfaDevice(OPERATOR, { accountId: A, name: 'alice' }, now);
    await enable(alice);
  });

  async function enable(userArn: string): Promise<void> {
    now += 10 * STEP;
    const codes = { authenticationCode1: codeAt(device, now - STEP), authenticationCode2: codeAt(device, now) };
    await gateway.sessions.enableMfaDevice(OPERATOR, { userArn, serialNumber: device.serialNumber, ...codes }, now);
  }

  const assume = (role: string, tokenCode: string | null, who = caller, serialNumber = device.serialNumber) =>
    gateway.sessions.assumeRole(who, { role, roleSessionName: 's1', serialNumber, tokenCode }, now);

  it('is shown once, and nothing of its secret is stored', async () => {
    expect(device).toMatchObject({ serialNumber: `arn:aws:iam::${A}:mfa/alice` });
    expect(device.seed).toMatch(/^[A-Z2-7]{32}$/);
    expect(device.uri).toContain('otpauth://totp/Rolegate:alice?');
    const [stored] = await gateway.directory.mfaDevices.list({ userArn: alice });
    expect(JSON.stringify(stored)).not.toContain(device.seed);
    expect(JSON.stringify(await gateway.directory.audit.list({ limit: 1000 }), bigints)).not.toContain(device.seed);
    const twice = gateway.sessions.createVirtualMfaDevice(OPERATOR, { accountId: A, name: 'alice' }, now);
    await expect(twice).rejects.toMatchObject({ code: 'EntityAlreadyExists' });
  });

  it('lets its user into a role that asks for it, and nobody without a code', async () => {
    now += 10 * STEP;
    const without = gateway.sessions.assumeRole(caller, { role: MFA, roleSessionName: 's1' }, now);
    await expect(without).rejects.toMatchObject({ code: 'AccessDenied' });
    const assumed = await assume(MFA, codeAt(device, now));
    const kept = (await keptSessions(gateway, MFA)).find(({ id }) => id === assumed.session.id);
    expect(kept).toMatchObject({ mfaAuthenticatedAt: new Date(now) });
    // Inside the role nothing is known of MFA: a policy of the role that asks for it does not match.
    const inRole = await gateway.sessions.authenticate(bearer(assumed), now);
    expect(await decide(gateway, inRole, ['s3:GetObject', 'arn:aws:s3:::b/x'], now)).toMatchObject({ allowed: false });
    expect(await decide(gateway, inRole, ['sqs:SendMessage', `arn:aws:sqs:eu-west-1:${A}:q`], now)).toMatchObject({
      allowed: true,
    });
  });

  it.each([-1, 0, 1])('may have a clock that is %s steps off', async (steps) => {
    now += 10 * STEP;
    expect(await assume(MFA, codeAt(device, now + steps * STEP))).toHaveProperty('session');
  });

  it.each([-2, 2])('may not have one that is %s steps off', async (steps) => {
    now += 10 * STEP;
    const attempt = assume(MFA, codeAt(device, now + steps * STEP));
    await expect(attempt).rejects.toThrow('MultiFactorAuthentication failed with invalid MFA one time pass code.');
  });

  it('has codes that count once, older ones never after newer ones', async () => {
    now += 10 * STEP;
    await assume(MFA, codeAt(device, now));
    for (const code of [codeAt(device, now), codeAt(device, now - STEP)]) {
      await expect(assume(MFA, code)).rejects.toThrow('with invalid MFA one time pass code.');
    }
    expect(await assume(MFA, codeAt(device, now + STEP))).toHaveProperty('session');
  });

  it('has codes that count once of many that come at the same time', async () => {
    now += 10 * STEP;
    const code = codeAt(device, now);
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => assume(MFA, code)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is good for nobody else, and a wrong serial number is no better', async () => {
    now += 10 * STEP;
    const other = await signIn(gateway, { userArn: bob }, now);
    const message = 'unable to validate MFA code';
    await expect(assume(MFA, codeAt(device, now), other)).rejects.toThrow(message);
    await expect(assume(MFA, codeAt(device, now), caller, `arn:aws:iam::${A}:mfa/none`)).rejects.toThrow(message);
    expect(await assume(MFA, codeAt(device, now))).toHaveProperty('session');
  });

  it.each(['a\0bcdefghij', '\0'.repeat(9), 'short', '', 'x'.repeat(257), '\ud800'.repeat(9)])(
    'is not %j, which is no serial number',
    async (serialNumber) => {
      now += 10 * STEP;
      const key = await gateway.sessions.createAccessKey({ userArn: bob });
      const attempt = gateway.sessions.signIn({ ...key, serialNumber, tokenCode: '123456' }, now);
      await expect(attempt).rejects.toBeInstanceOf(MultiFactorAuthenticationFailed);
      await expect(attempt).rejects.toThrow('unable to validate MFA code');
      await gateway.sessions.deleteAccessKey(OPERATOR, { accessKeyId: key.accessKeyId }, now);
    },
  );

  it('makes the age that a trust policy asks for, in the call and in credentials of sts:GetSessionToken', async () => {
    now += 10 * STEP;
    const mfa = { serialNumber: device.serialNumber, tokenCode: codeAt(device, now) };
    const credentials = await gateway.sessions.getSessionToken(caller, mfa, now);
    const held = await gateway.sessions.authenticate(bearer({ credentials }), now);
    const into = (at: number) => gateway.sessions.assumeRole(held, { role: RECENT, roleSessionName: 's1' }, at);
    expect(await into(now + 59_999)).toHaveProperty('session');
    await expect(into(now + 60_000)).rejects.toMatchObject({ code: 'AccessDenied' });
    const plain = await gateway.sessions.getSessionToken(caller, {}, now);
    const without = await gateway.sessions.authenticate(bearer({ credentials: plain }), now);
    const attempt = gateway.sessions.assumeRole(without, { role: MFA, roleSessionName: 's1' }, now);
    await expect(attempt).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
  });

  it('is enabled with two codes that follow each other, once, and deleted when it is nobody’s', async () => {
    const { serialNumber } = device;
    now += 10 * STEP;
    const enabling = (authenticationCode1: string, authenticationCode2: string) =>
      gateway.sessions.enableMfaDevice(
        OPERATOR,
        { userArn: bob, serialNumber, authenticationCode1, authenticationCode2 },
        now,
      );
    await expect(enabling(codeAt(device, now - STEP), codeAt(device, now))).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
    });
    const removal = gateway.sessions.deleteVirtualMfaDevice(OPERATOR, serialNumber, now);
    await expect(removal).rejects.toMatchObject({ code: 'DeleteConflict' });
    await gateway.sessions.deactivateMfaDevice(OPERATOR, { userArn: alice, serialNumber }, now);
    await expect(assume(MFA, codeAt(device, now))).rejects.toThrow('unable to validate MFA code');
    for (const [first, second] of [
      [now, now],
      [now, now - STEP],
      [now - 3 * STEP, now],
      [now - 6 * STEP, now - 5 * STEP],
    ] as const) {
      const attempt = enabling(codeAt(device, first), codeAt(device, second));
      await expect(attempt).rejects.toMatchObject({ code: 'InvalidAuthenticationCode' });
    }
    await enabling(codeAt(device, now - STEP), codeAt(device, now));
    await gateway.sessions.deactivateMfaDevice(OPERATOR, { userArn: bob, serialNumber }, now);
    await gateway.sessions.deleteVirtualMfaDevice(OPERATOR, serialNumber, now);
    expect(await gateway.directory.mfaDevices.list({ accountId: A })).toEqual([]);
  });
});

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
