import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import type { WebIdentityInput } from '../../src/session/web-identity.ts';
import { A, allow, aRole, policy, roleArn, trusts } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, open } from './gateway.ts';
import { keptSessions } from './kept-sessions.ts';

const OPERATOR: Caller = { kind: 'operator' };
const ISSUER = 'https://token.example.com/ci';
const NAME = 'token.example.com/ci';
const PROVIDER = `arn:aws:iam::${A}:oidc-provider/${NAME}`;
const HOUR = 3_600_000;
const WITH = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];
const S3 = ['s3:GetObject', 'arn:aws:s3:::b/x'] as const;

const key = await generateKeyPair('ES256');
const other = await generateKeyPair('ES256');

describe('a web identity', () => {
  let gateway: Gateway;

  beforeEach(async () => {
    const only = { StringEquals: { [`${NAME}:aud`]: 'rolegate', [`${NAME}:sub`]: 'repo:main' } };
    const provided = { StringEquals: { 'aws:FederatedProvider': PROVIDER } };
    gateway = await open({
      accounts: [{ id: A, membership: 'NONE' }],
      roles: [
        aRole(
          'Ci',
          [trusts({ Federated: PROVIDER }, { action: WITH, condition: only })],
          [{ ...allow('s3:*'), Condition: provided }],
        ),
        aRole('Assume', [trusts({ Federated: PROVIDER })]),
        aRole('Account', [trusts({ AWS: A }, { action: WITH })]),
        aRole('Slash', [
          trusts(
            { Federated: `arn:aws:iam::${A}:oidc-provider/tenant.example.com/` },
            { action: WITH, condition: { StringEquals: { 'tenant.example.com/:sub': 'repo:main' } } },
          ),
        ]),
        aRole('NoSlash', [
          trusts(
            { Federated: `arn:aws:iam::${A}:oidc-provider/tenant.example.com/` },
            { action: WITH, condition: { StringEquals: { 'tenant.example.com:sub': 'repo:main' } } },
          ),
        ]),
        aRole('NoTags', [trusts({ Federated: PROVIDER }, { action: 'sts:AssumeRoleWithWebIdentity' })]),
      ],
    });
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(key.publicKey)), kid: 'one', alg: 'ES256' }] });
    const provider = { accountId: A, url: ISSUER, clientIds: ['rolegate'], jwks };
    await gateway.sessions.createOidcProvider(OPERATOR, provider, NOON);
  });

  function token(claims: JWTPayload = {}, signer = key.privateKey): Promise<string> {
    const times = { iat: NOON / 1000, exp: (NOON + HOUR) / 1000 };
    return new SignJWT({ iss: ISSUER, aud: 'rolegate', sub: 'repo:main', ...times, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(signer);
  }
  const assume = async (rest: Partial<WebIdentityInput> = {}, now = NOON) =>
    gateway.sessions.assumeRoleWithWebIdentity(
      { role: roleArn('Ci'), roleSessionName: 'run-1', webIdentityToken: await token(), ...rest },
      now,
    );

  it('assumes a role that trusts its provider', async () => {
    const assumed = await assume();
    expect(assumed).toMatchObject({
      provider: PROVIDER,
      subjectFromWebIdentityToken: 'repo:main',
      audience: 'rolegate',
    });
    expect(assumed.session).toMatchObject({ assumedBy: 'anonymous', parentId: null, federatedProvider: PROVIDER });
    const caller = await gateway.sessions.authenticate(bearer(assumed), NOON);
    expect((await decide(gateway, caller, S3, NOON)).allowed).toBe(true);
    const kept = (await keptSessions(gateway)).find(({ id }) => id === assumed.session.id);
    expect(kept).toMatchObject({ federatedSubject: 'repo:main' });
    const [event] = (await gateway.directory.audit.list({ limit: 10 })).slice(-1);
    expect(event).toMatchObject({ event: 'AssumeRoleWithWebIdentity', principal: `${PROVIDER}:repo:main` });
  });

  it.each([
    ['Ci', { sub: 'repo:other' }],
    ['Assume', {}],
    ['Account', {}],
    ['NotThere', {}],
  ])('is not let into %s with the claims %j, and hears no more than that', async (name, claims) => {
    const attempt = assume({ role: roleArn(name), webIdentityToken: await token(claims) });
    await expect(attempt).rejects.toMatchObject({
      code: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    });
  });

  it.each([
    ['of an issuer that is not registered', { iss: 'https://other.example.com' }, 'InvalidIdentityToken'],
    ['of an issuer that no database can look for', { iss: `${ISSUER}\0` }, 'InvalidIdentityToken'],
    ['of an issuer that is spelled otherwise', { iss: `${ISSUER}/` }, 'InvalidIdentityToken'],
    ['for another audience', { aud: 'somebody' }, 'InvalidIdentityToken'],
    ['without a subject', { sub: '' }, 'InvalidIdentityToken'],
    ['that comes from the future', { iat: NOON / 1000 + 61 }, 'InvalidIdentityToken'],
    ['that has expired', { exp: NOON / 1000 - 61 }, 'ExpiredToken'],
    ['that is not valid yet', { nbf: NOON / 1000 + 61 }, 'InvalidIdentityToken'],
  ])('with a token %s is refused', async (_, claims, code) => {
    await expect(assume({ webIdentityToken: await token(claims) })).rejects.toMatchObject({ code });
  });

  // https://github.com/aws/aws-sam-cli/issues/7432
  it('of an issuer whose URL ends in a slash: the slash is part of the name in the ARN and in the condition keys', async () => {
    const url = 'https://tenant.example.com/';
    const provider = `arn:aws:iam::${A}:oidc-provider/tenant.example.com/`;
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(key.publicKey)), kid: 'one', alg: 'ES256' }] });
    const made = await gateway.sessions.createOidcProvider(
      OPERATOR,
      { accountId: A, url, clientIds: ['rolegate'], jwks },
      NOON,
    );
    expect(made.arn).toBe(provider);
    const webIdentityToken = await token({ iss: url });
    const assumed = await assume({ role: roleArn('Slash'), webIdentityToken });
    expect(assumed.provider).toBe(provider);
    // The keys of this role's trust policy are those of an issuer without the slash.
    const attempt = assume({ role: roleArn('NoSlash'), webIdentityToken });
    await expect(attempt).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('has a minute of tolerance for the clock of its provider', async () => {
    const attempt = assume({ webIdentityToken: await token({ exp: NOON / 1000 - 59 }) });
    expect(await attempt).toHaveProperty('session');
  });

  it('with a token that somebody else signed, or nobody, or with the public key as a secret, is refused', async () => {
    const good = await token();
    const [, payload = '', signature = ''] = good.split('.');
    const header = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url');
    const publicKey = Buffer.from(JSON.stringify(await exportJWK(key.publicKey)));
    const confused = await new SignJWT({ iss: ISSUER, aud: 'rolegate', sub: 'repo:main', exp: NOON / 1000 + 600 })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(publicKey);
    const forged = [
      await token({}, other.privateKey),
      `${header({ alg: 'none' })}.${payload}.`,
      `${header({ alg: 'ES256', kid: 'two' })}.${payload}.${signature}`,
      confused,
      `${good}x`,
      'hunter2',
      'x'.repeat(20_001),
    ];
    for (const webIdentityToken of forged) {
      const attempt = assume({ webIdentityToken });
      await expect(attempt).rejects.toMatchObject({ code: 'InvalidIdentityToken', field: 'webIdentityToken' });
      await expect(assume({ webIdentityToken })).rejects.not.toThrow(webIdentityToken);
    }
  });

  it('brings tags and a source identity in its token, which need permission', async () => {
    const claims = {
      'https://aws.amazon.com/tags': { principal_tags: { team: ['red'] }, transitive_tag_keys: ['team'] },
      'https://aws.amazon.com/source_identity': 'alice',
    };
    const webIdentityToken = await token(claims);
    expect((await assume({ webIdentityToken })).session).toMatchObject({
      tags: { team: 'red' },
      transitiveTagKeys: ['team'],
      sourceIdentity: 'alice',
    });
    await expect(assume({ webIdentityToken, role: roleArn('NoTags') })).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('names the token when what it brings is out of its limits', async () => {
    const webIdentityToken = await token({ 'https://aws.amazon.com/source_identity': 'a' });
    await expect(assume({ webIdentityToken })).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'webIdentityToken',
    });
  });

  it('is verified with the keys of now; the trail tells by which operation of AWS they are changed', async () => {
    const clientIds = ['rolegate'];
    const jwks = JSON.stringify((await gateway.directory.oidcProviders.find(PROVIDER))?.jwks);
    await gateway.sessions.updateOidcProvider(OPERATOR, { arn: PROVIDER, jwks }, NOON);
    await gateway.sessions.updateOidcProvider(OPERATOR, { arn: PROVIDER, clientIds }, NOON);
    const events = await gateway.directory.audit.list({ limit: 2, newest: true });
    expect(events.map(({ action }) => action)).toEqual([
      'iam:AddClientIDToOpenIDConnectProvider',
      'iam:UpdateOpenIDConnectProviderThumbprint',
    ]);
  });

  it('is limited by session policies as everybody', async () => {
    const limited = await assume({ sessionPolicies: [policy(allow('sqs:*'))] });
    const caller = await gateway.sessions.authenticate(bearer(limited), NOON);
    expect(await decide(gateway, caller, S3, NOON)).toMatchObject({ deniedBy: 'SESSION_POLICY' });
  });

  it.each([
    ['url', { url: 'http://token.example.com' }],
    ['url', { url: 'https://token.example.com?x=1' }],
    ['clientIds', { clientIds: [] }],
    ['jwks', { jwks: 'hunter2' }],
    ['jwks', { jwks: '{"keys":[]}' }],
    ['jwks.keys[0]', { jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}' }],
  ])('of a provider with a wrong %s (%j) is not registered', async (field, wrong) => {
    const provider = { accountId: A, url: 'https://new.example.com', clientIds: ['a'], jwks: '{"keys":[]}', ...wrong };
    await expect(gateway.sessions.createOidcProvider(OPERATOR, provider, NOON)).rejects.toMatchObject({
      code: 'ValidationError',
      field,
    });
  });

  const rsaKey = (bits: number) =>
    generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });

  it.each([
    ['that is too short', { ...rsaKey(1024) }, 'a key of RSA has 2048 to 16384 bits and an exponent greater than 1'],
    ['whose signatures everybody makes', { ...rsaKey(2048), e: 'AQ' }, 'a key of RSA has 2048 to 16384 bits'],
    ['with a part of its secret', { ...rsaKey(2048), p: 'AAAA' }, 'a key set may contain only public keys'],
  ])('of a provider with a key %s is not registered', async (_, wrong, message) => {
    const keys = [{ ...rsaKey(2048), kid: 'good' }, wrong];
    const provider = { accountId: A, url: 'https://new.example.com', clientIds: ['a'], jwks: JSON.stringify({ keys }) };
    const attempt = gateway.sessions.createOidcProvider(OPERATOR, provider, NOON);
    await expect(attempt).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'jwks.keys[1]',
      message: expect.stringContaining(message),
    });
  });

  it('is not verified with a key that is too short, however it came into the directory', async () => {
    const url = 'https://short.example.com';
    await gateway.directory.oidcProviders.create({
      arn: `arn:aws:iam::${A}:oidc-provider/short.example.com`,
      accountId: A,
      url,
      clientIds: ['rolegate'],
      jwks: { keys: [{ ...rsaKey(1024) }] },
      createdAt: NOON,
    });
    const [, payload = ''] = (await token({ iss: url })).split('.');
    const header = Buffer.from('{"alg":"RS256"}').toString('base64url');
    const attempt = assume({ webIdentityToken: `${header}.${payload}.AAAA` });
    await expect(attempt).rejects.toMatchObject({ code: 'InvalidIdentityToken', field: 'webIdentityToken' });
  });

  it('goes on when its provider is removed, but no new session is made', async () => {
    const assumed = await assume();
    await gateway.sessions.deleteOidcProvider(OPERATOR, PROVIDER, NOON);
    expect(await gateway.sessions.authenticate(bearer(assumed), NOON)).toHaveProperty('session');
    await expect(assume()).rejects.toMatchObject({ code: 'InvalidIdentityToken' });
  });
});
