import { expect, test } from 'vitest';
import { newCheckerToken } from '../../src/session/checker-token.ts';
import { credentialsIn, EC2, NOW, openedDoor } from './door.ts';
import { altered, form, type Key, sign, unsigned } from './signed.ts';
import { doorWorld } from './world.ts';

// Credentials that are less than a user's own key, and what is none at AWS's door at all.

const ACCOUNT = '111111111111';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const ADMIN = 'AKIAADMINAAAAAAAAAAA';
const ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const TRUST = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${arn('root')}"},"Action":"sts:AssumeRole"}]}`;
const PASSING = arn('role/Passing');
const PASSING_ROLE = { arn: PASSING, trustPolicy: TRUST, inlinePolicies: [{ name: 'All', document: ALL }] };
const OPERATOR = { kind: 'operator' } as const;

const door = openedDoor(() => {
  const world = doorWorld();
  return {
    ...world,
    users: [...(world.users ?? []), { arn: arn('user/admin'), inlinePolicies: [{ name: 'All', document: ALL }] }],
    roles: [...(world.roles ?? []), PASSING_ROLE],
    accessKeys: [...(world.accessKeys ?? []), { id: ADMIN, user: arn('user/admin') }],
  };
});

const iam = async (key: Key, action: string, input: Readonly<Record<string, string>> = {}) =>
  door.told(sign(key, { at: door.now, service: 'iam', body: form(action, input, 'iam') }));
const sts = async (key: Key, action: string, input: Readonly<Record<string, string>> = {}) =>
  door.told(sign(key, { at: door.now, body: form(action, input) }));
const assume = async (key: Key, role: string) =>
  credentialsIn(await door.ask(key, 'AssumeRole', { RoleArn: role, RoleSessionName: 'session' }));

const INVALID = '403 InvalidClientTokenId';
const users = (key: Key) => iam(key, 'ListUsers');
const who = async (key: Key) => (await sts(key, 'GetCallerIdentity'))[0];

test('credentials of GetSessionToken, without MFA, do nothing in IAM', async () => {
  const session = credentialsIn(await door.ask(door.key(ADMIN), 'GetSessionToken'));
  expect(await users(session)).toEqual([
    '403 AccessDenied',
    expect.stringContaining('made without MFA cannot call IAM'),
  ]);
  expect([await who(session), (await sts(session, 'GetFederationToken', { Name: 'app' }))[0]]).toEqual([
    '200',
    '403 AccessDenied',
  ]);
});

test('a federated user does nothing in IAM, and is called by its name in STS, nothing else', async () => {
  const federated = credentialsIn(await door.ask(door.key(ADMIN), 'GetFederationToken', { Name: 'app', Policy: ALL }));
  expect(await users(federated)).toEqual(['403 AccessDenied', expect.stringContaining('cannot call IAM')]);
  expect(await who(federated)).toBe('200');
  for (const [action, input] of [
    ['GetSessionToken', {}],
    ['GetFederationToken', { Name: 'app' }],
    ['AssumeRole', { RoleArn: PASSING, RoleSessionName: 'on' }],
    ['GetAccessKeyInfo', { AccessKeyId: ADMIN }],
    ['DecodeAuthorizationMessage', { EncodedMessage: 'x' }],
  ] as const) {
    expect([action, (await sts(federated, action, input))[0]]).toEqual([action, '403 AccessDenied']);
  }
});

test('a session is over with its role, and does not come back with another of the same name', async () => {
  const { directory } = door.services;
  const session = await assume(door.key(ADMIN), PASSING);
  expect((await users(session))[0]).toBe('200');
  await directory.entities.deleteRole({ roleArn: PASSING, withDependents: true });
  expect([(await users(session))[0], await who(session)]).toEqual([INVALID, INVALID]);
  await directory.apply({ roles: [PASSING_ROLE] });
  expect([(await users(session))[0], await who(session)]).toEqual([INVALID, INVALID]);
  expect((await users(await assume(door.key(ADMIN), PASSING)))[0]).toBe('200');
});

test('a key that is off signs nothing; what it made before lives on, as at AWS', async () => {
  const session = credentialsIn(await door.ask(door.key(ADMIN), 'GetSessionToken'));
  const turn = (active: boolean) =>
    door.services.sessions.setAccessKeyActive(OPERATOR, { accessKeyId: ADMIN, active }, NOW);
  await turn(false);
  expect([await who(door.key(ADMIN)), await who(session)]).toEqual([INVALID, '200']);
  await turn(true);
  expect(await who(door.key(ADMIN))).toBe('200');
});

test('a service belongs to no account: IAM is not for it, whatever it names', async () => {
  const key = door.key(EC2);
  for (const [action, input] of [
    ['GetPolicy', { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
    ['GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn('oidc-provider/x.example') }],
    ['DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: arn('oidc-provider/x.example') }],
    ['DeleteVirtualMFADevice', { SerialNumber: arn('mfa/phone') }],
    ['CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone' }],
    ['DeleteRole', { RoleName: 'Passing' }],
    ['GetContextKeysForCustomPolicy', { 'PolicyInputList.member.1': ALL }],
    ['SimulateCustomPolicy', { 'ActionNames.member.1': 's3:GetObject', 'PolicyInputList.member.1': ALL }],
    ['SimulatePrincipalPolicy', { PolicySourceArn: arn('user/admin'), 'ActionNames.member.1': 's3:GetObject' }],
  ] as const) {
    expect([action, (await iam(key, action, input))[0]]).toEqual([
      action,
      expect.stringMatching(/^(?:403 AccessDenied|400 ValidationError)$/),
    ]);
  }
});

test('the operator and checkers are nobody here, whatever their tokens stand in place of', async () => {
  const { token } = newCheckerToken();
  const checker = { name: 'gate', accountIds: null, actions: null, search: true, expiresAt: null };
  const made = await door.services.sessions.createChecker(OPERATOR, checker, NOW);
  const session = await assume(door.key(ADMIN), PASSING);
  for (const secret of ['operator', made.token, token]) {
    for (const key of [
      { ...session, sessionToken: secret },
      { ...door.key(ADMIN), sessionToken: secret },
      { ...session, accessKeyId: secret },
      { accessKeyId: secret, secretAccessKey: secret },
    ]) {
      door.restart();
      expect(await who(key)).toMatch(/^(?:403 InvalidClientTokenId|400 IncompleteSignature)$/);
    }
    door.restart();
    expect(await who({ ...door.key(ADMIN), secretAccessKey: secret })).toBe('403 SignatureDoesNotMatch');
    const bearer = altered(unsigned(form('GetCallerIdentity')), { authorization: `Bearer ${secret}` });
    expect((await door.told(bearer))[0]).toBe('400 IncompleteSignature');
  }
});
