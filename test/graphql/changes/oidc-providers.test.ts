import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, deny, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, NOW, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const ISSUER = 'https://token.example.com/ci';
const PROVIDER = `arn:aws:iam::${A}:oidc-provider/token.example.com/ci`;
const PROTECTED = `arn:aws:iam::${A}:oidc-provider/protected.example.com`;
const WITH = 'sts:AssumeRoleWithWebIdentity';
const key = await generateKeyPair('ES256');
const other = await generateKeyPair('ES256');
const jwksOf = async (pair: typeof key, kid: string) =>
  JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256' }] });

const WITH_NUL = await jwksOf(key, 'a\0b');

let services: TestServices;
let live: Live;
let admin: Caller;
let audiences: Caller;

beforeAll(async () => {
  ({
    services,
    live,
    callers: { admin, audiences },
  } = await openLive(
    { admin: userArn('admin'), audiences: userArn('audiences') },
    {
      accounts: [{ id: A, membership: 'NONE' }],
      users: [
        aUser('admin', [allow('iam:*'), deny('iam:*', PROTECTED)]),
        // The audiences, and not the keys.
        aUser('audiences', [
          allow(['iam:AddClientIDToOpenIDConnectProvider', 'iam:RemoveClientIDFromOpenIDConnectProvider']),
        ]),
      ],
      roles: [
        aRole('Ci', [trusts({ Federated: PROVIDER }, { action: WITH })], [allow('s3:*')]),
        aRole('Closed', [trusts({ AWS: A })]),
      ],
    },
  ));
}, OPENING);
afterAll(() => services.remove());

function token(claims: JWTPayload = {}, signer = key): Promise<string> {
  const times = { iat: NOW / 1000, exp: NOW / 1000 + 3600 };
  return new SignJWT({ iss: ISSUER, aud: 'rolegate', sub: 'repo:main', ...times, ...claims })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(signer.privateKey);
}

const assume = async (input: object = {}, success = '') =>
  live.mutate(
    ANONYMOUS,
    'assumeRoleWithWebIdentity',
    { role: roleArn('Ci'), roleSessionName: 'run-1', webIdentityToken: await token(), ...input },
    success,
  );

test('a provider is registered, listed, used, changed and deleted', async () => {
  const input = { accountId: A, url: ISSUER, clientIds: ['rolegate'], jwks: await jwksOf(key, 'one') };
  expect(await live.mutate(admin, 'createOidcProvider', input, '... on SaveOidcProviderSuccess { arn }')).toEqual({
    __typename: 'SaveOidcProviderSuccess',
    arn: PROVIDER,
  });
  expect(await live.mutate(admin, 'createOidcProvider', input)).toMatchObject({ __typename: 'EntityAlreadyExists' });
  const list = `{ account(accountId: "${A}") { oidcProviders { arn url clientIds keyIds createdAt } } }`;
  expect(await live.ask(OPERATOR, list)).toEqual({
    account: {
      oidcProviders: [
        {
          arn: PROVIDER,
          url: ISSUER,
          clientIds: ['rolegate'],
          keyIds: ['one'],
          createdAt: new Date(NOW).toISOString(),
        },
      ],
    },
  });

  const made = await assume(
    {},
    `... on AssumeRoleWithWebIdentitySuccess { provider subjectFromWebIdentityToken audience packedPolicySize
      credentials { sessionToken }
      roleSession { arn assumedBy { principalId } federatedProvider federatedSubject sourceIp userAgent } }`,
  );
  const { credentials, ...rest } = made;
  expect(rest).toEqual({
    __typename: 'AssumeRoleWithWebIdentitySuccess',
    provider: PROVIDER,
    subjectFromWebIdentityToken: 'repo:main',
    audience: 'rolegate',
    packedPolicySize: null,
    roleSession: {
      arn: `arn:aws:sts::${A}:assumed-role/Ci/run-1`,
      assumedBy: { principalId: 'anonymous' },
      federatedProvider: PROVIDER,
      federatedSubject: 'repo:main',
      sourceIp: '203.0.113.7',
      userAgent: 'tests',
    },
  });
  const session = await services.signInWith(credentials.sessionToken);
  const { viewer } = await live.ask(session, '{ viewer { userId account { accountId } restoresTo { principalId } } }');
  expect(viewer).toMatchObject({ userId: expect.stringMatching(/^AROA.*:run-1$/), account: { accountId: A } });

  const rotated = { arn: PROVIDER, jwks: await jwksOf(other, 'two') };
  expect(await live.mutate(admin, 'updateOidcProvider', rotated)).toEqual({ __typename: 'SaveOidcProviderSuccess' });
  expect(await assume()).toMatchObject({ __typename: 'InvalidIdentityToken', code: 'InvalidIdentityToken' });
  expect(await assume({ webIdentityToken: await token({}, other) })).toEqual({
    __typename: 'AssumeRoleWithWebIdentitySuccess',
  });

  expect(await live.mutate(admin, 'deleteOidcProvider', { arn: PROVIDER })).toEqual({
    __typename: 'DeleteOidcProviderSuccess',
  });
  expect(await live.mutate(admin, 'deleteOidcProvider', { arn: PROVIDER })).toMatchObject({
    __typename: 'NoSuchEntity',
  });
  expect(await services.signInWith(credentials.sessionToken)).toMatchObject({ kind: 'principal' });
});

describe('a web identity', () => {
  beforeAll(async () => {
    const input = { accountId: A, url: ISSUER, clientIds: ['rolegate'], jwks: await jwksOf(key, 'one') };
    await live.mutate(OPERATOR, 'createOidcProvider', input);
  });
  afterAll(async () => void (await live.mutate(OPERATOR, 'deleteOidcProvider', { arn: PROVIDER })));

  test('is refused a role that does not trust it, and one that is not there, alike', async () => {
    for (const role of ['Closed', 'NotThere']) {
      expect(await assume({ role: roleArn(role) })).toMatchObject({
        __typename: 'AccessDenied',
        message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      });
    }
  });

  test.each([
    ['expired', { exp: NOW / 1000 - 61 }, 'ExpiredToken'],
    ['for somebody else', { aud: 'other' }, 'InvalidIdentityToken'],
    ['of an unknown issuer', { iss: 'https://evil.example.com' }, 'InvalidIdentityToken'],
  ])('that is %s is told so', async (_what, claims, code) => {
    const answer = await assume({ webIdentityToken: await token(claims) });
    expect(answer).toMatchObject({ __typename: 'InvalidIdentityToken', code });
  });

  test('has AWS’s limits', async () => {
    expect(await assume({ durationSeconds: 3601 })).toMatchObject({
      __typename: 'ValidationError',
      field: 'durationSeconds',
    });
    expect(await assume({ sessionPolicies: ['{'] })).toMatchObject({ __typename: 'MalformedPolicyDocument' });
  });
});

describe('providers are changed by who may', () => {
  test('each of audiences and keys with its own permission', async () => {
    const arn = `${PROVIDER}-shared`;
    const given = { accountId: A, url: `${ISSUER}-shared`, clientIds: ['rolegate'], jwks: await jwksOf(key, 'one') };
    expect(await live.mutate(OPERATOR, 'createOidcProvider', given)).toEqual({ __typename: 'SaveOidcProviderSuccess' });
    onTestFinished(async () => void (await live.mutate(OPERATOR, 'deleteOidcProvider', { arn })));
    const clientIds = ['rolegate', 'more'];
    expect(await live.mutate(audiences, 'updateOidcProvider', { arn, clientIds })).toEqual({
      __typename: 'SaveOidcProviderSuccess',
    });
    const both = { arn, clientIds, jwks: await jwksOf(other, 'two') };
    expect(await live.mutate(audiences, 'updateOidcProvider', both)).toMatchObject({
      __typename: 'AccessDenied',
      message: expect.stringContaining('iam:UpdateOpenIDConnectProviderThumbprint'),
    });
    expect((await live.trail()).at(-1)).toMatchObject({ event: 'UpdateOpenIDConnectProvider', outcome: 'REFUSED' });
    expect(await live.mutate(audiences, 'updateOidcProvider', { arn })).toMatchObject({
      __typename: 'AccessDenied',
    });
  });

  test.each([
    ['createOidcProvider', { accountId: A, url: 'https://protected.example.com', clientIds: ['a'], jwks: '{}' }],
    ['updateOidcProvider', { arn: PROTECTED, clientIds: ['a'] }],
    ['deleteOidcProvider', { arn: PROTECTED }],
  ])('%s is refused to all others, before anything else is looked at', async (name, input) => {
    expect(await live.mutate(admin, name, input)).toMatchObject({
      __typename: 'AccessDenied',
      decision: { effect: 'EXPLICIT_DENY' },
    });
  });

  test.each([
    [{ url: 'http://plain.example.com' }, 'url'],
    [{ url: 'https://nul.example.com/\0' }, 'url'],
    [{ clientIds: ['a\0b'] }, 'clientIds[0]'],
    [{ clientIds: [] }, 'clientIds'],
    [{ clientIds: Array.from({ length: 101 }, String) }, 'clientIds'],
    [{ jwks: '{"keys":[]}' }, 'jwks'],
    [{ jwks: 'none' }, 'jwks'],
    [{ jwks: WITH_NUL }, 'jwks'],
  ])('has AWS’s limits: %j', async (wrong, field) => {
    const input = {
      accountId: A,
      url: 'https://new.example.com',
      clientIds: ['a'],
      jwks: await jwksOf(key, 'k'),
      ...wrong,
    };
    expect(await live.mutate(admin, 'createOidcProvider', input)).toMatchObject({
      __typename: 'ValidationError',
      field,
    });
  });
});
