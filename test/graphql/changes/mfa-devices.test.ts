import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, deny, roleArn, trusts, userArn } from '../../support/policies.ts';
import { NOW, OPERATOR } from '../gateway.ts';
import { type Live, liveGateway } from '../live.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

const alice = userArn('alice');
const NEW_DEVICE = '... on CreateVirtualMfaDeviceSuccess { serialNumber base32StringSeed uri }';
const CHANGED = '... on MfaDeviceChangeSuccess { serialNumber user { mfaDevices { serialNumber enabledAt } } }';

let services: TestServices;
let live: Live;
let caller: Caller;
let device: { serialNumber: string; base32StringSeed: string; uri: string };

beforeEach(async () => {
  services = await openServices({
    accounts: [{ id: A, membership: 'NONE' }],
    users: [
      aUser('alice', [
        allow('iam:*'),
        allow('sts:AssumeRole'),
        deny('iam:*', [userArn('bob'), `arn:aws:iam::${A}:mfa/bobs`]),
      ]),
      aUser('bob'),
    ],
    accessKeys: [{ id: 'AKIAALICEAAAAAAAAAAA', user: alice }],
    roles: [aRole('Mfa', [trusts({ AWS: A }, { condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })])],
  });
  live = liveGateway(services);
  caller = await services.signIn('AKIAALICEAAAAAAAAAAA');
  device = await live.mutate(caller, 'createVirtualMfaDevice', { accountId: A, name: 'alices' }, NEW_DEVICE);
}, OPENING);
afterEach(() => services.remove());

const codeAt = (at: number) =>
  new TOTP({ secret: Secret.fromBase32(device.base32StringSeed) }).generate({ timestamp: at });

function enabling(at: number) {
  const codes = { authenticationCode1: codeAt(at - 30_000), authenticationCode2: codeAt(at) };
  return { userArn: alice, serialNumber: device.serialNumber, ...codes };
}

describe('a virtual MFA device', () => {
  test('is made and shown once', async () => {
    expect(device).toMatchObject({ serialNumber: `arn:aws:iam::${A}:mfa/alices` });
    expect(device.uri).toContain(`secret=${device.base32StringSeed}`);
    const again = { accountId: A, name: 'alices' };
    expect(await live.mutate(caller, 'createVirtualMfaDevice', again)).toMatchObject({
      __typename: 'EntityAlreadyExists',
    });
    expect(JSON.stringify(await live.trail(), (_name, value) => String(value))).not.toContain(device.base32StringSeed);
  });

  test.each(['', 'with space', 'x'.repeat(227), 'nul\0'])('is not made with the name %j', async (name) => {
    const answer = await live.mutate(caller, 'createVirtualMfaDevice', { accountId: A, name });
    expect(answer).toMatchObject({ __typename: 'ValidationError', field: 'name' });
  });

  test('is not made in an account that the caller knows nothing of', async () => {
    for (const accountId of ['222222222222', '333333333333']) {
      const answer = await live.mutate(caller, 'createVirtualMfaDevice', { accountId, name: 'x' });
      expect(answer).toMatchObject({ __typename: 'AccessDenied', decision: { deniedBy: 'RESOURCE_POLICY' } });
    }
    const unknown = { accountId: '333333333333', name: 'x' };
    expect(await live.mutate(OPERATOR, 'createVirtualMfaDevice', unknown)).toMatchObject({
      __typename: 'NoSuchEntity',
    });
  });

  test('is enabled with two codes one after the other, proves MFA, and is deactivated and deleted', async () => {
    const wrong = { ...enabling(NOW), authenticationCode2: '000000' };
    expect(await live.mutate(caller, 'enableMfaDevice', wrong)).toMatchObject({
      __typename: 'InvalidAuthenticationCode',
      code: 'InvalidAuthenticationCode',
    });
    expect(await live.mutate(caller, 'enableMfaDevice', enabling(NOW), CHANGED)).toEqual({
      __typename: 'MfaDeviceChangeSuccess',
      serialNumber: device.serialNumber,
      user: { mfaDevices: [{ serialNumber: device.serialNumber, enabledAt: new Date(NOW).toISOString() }] },
    });
    const role = { role: roleArn('Mfa'), roleSessionName: 'alice', serialNumber: device.serialNumber };
    const assumed = await live.mutate(
      caller,
      'assumeRole',
      { ...role, tokenCode: codeAt(NOW + 30_000) },
      '... on AssumeRoleSuccess { roleSession { mfaAuthenticatedAt } }',
    );
    expect(assumed.roleSession).toEqual({ mfaAuthenticatedAt: new Date(NOW).toISOString() });
    const replayed = await live.mutate(caller, 'assumeRole', { ...role, tokenCode: codeAt(NOW + 30_000) });
    expect(replayed).toMatchObject({ __typename: 'AccessDenied', decision: null });

    const { serialNumber } = device;
    expect(await live.mutate(caller, 'deleteVirtualMfaDevice', { serialNumber })).toMatchObject({
      __typename: 'DeleteConflict',
    });
    expect(await live.mutate(caller, 'deactivateMfaDevice', { userArn: alice, serialNumber }, CHANGED)).toMatchObject({
      user: { mfaDevices: [] },
    });
    expect(await live.mutate(caller, 'deactivateMfaDevice', { userArn: alice, serialNumber })).toMatchObject({
      __typename: 'NoSuchEntity',
    });
    expect(await live.mutate(caller, 'deleteVirtualMfaDevice', { serialNumber })).toEqual({
      __typename: 'DeleteVirtualMfaDeviceSuccess',
    });
  });

  test.each([
    ['createVirtualMfaDevice', { accountId: A, name: 'bobs' }],
    [
      'enableMfaDevice',
      {
        userArn: userArn('bob'),
        serialNumber: `arn:aws:iam::${A}:mfa/x`,
        authenticationCode1: '000000',
        authenticationCode2: '000000',
      },
    ],
    ['deactivateMfaDevice', { userArn: userArn('bob'), serialNumber: `arn:aws:iam::${A}:mfa/x` }],
    ['deleteVirtualMfaDevice', { serialNumber: `arn:aws:iam::${A}:mfa/bobs` }],
  ])('%s is refused to who may not', async (name, input) => {
    expect(await live.mutate(caller, name, input)).toMatchObject({
      __typename: 'AccessDenied',
      decision: { effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' },
    });
    expect((await live.trail()).at(-1)).toMatchObject({ principal: alice, outcome: 'REFUSED', code: 'AccessDenied' });
  });
});
