import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';

const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const PATH = '/.well-known/jwks.json';
/** What the README says of a session token. */
const EXPECTED = { issuer: 'rolegate', audience: 'rolegate', typ: 'rolegate-session+jwt', algorithms: ['EdDSA'] };

const gateway = startedGateway();

async function sessionToken(): Promise<string> {
  const { body } = await gateway.ask(
    `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "alice" }) { ... on AssumeRoleSuccess { credentials { sessionToken } } } }`,
    { authorization: gateway.as.user('alice') },
  );
  return body.data.assumeRole.credentials.sessionToken;
}

function rotate(retireOlder: boolean): Promise<number> {
  return gateway.gateway.services.sessions.rotateSigningKey({ kind: 'operator' }, { retireOlder }, Date.now());
}

/** As somebody else does, who has nothing but the address. */
const keysOfGateway = () => createRemoteJWKSet(new URL(`${gateway.url}${PATH}`));

describe('the public keys', () => {
  test('are there without credentials, to be kept for five minutes', async () => {
    const response = await fetch(`${gateway.url}${PATH}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
    });
    const { keys }: JSONWebKeySet = await response.json();
    expect(keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.stringMatching(/^[\w-]{43}$/),
        kid: expect.any(String),
        alg: 'EdDSA',
        use: 'sig',
      },
    ]);
  });

  test('are not sent again to who has them', async () => {
    const etag = (await fetch(`${gateway.url}${PATH}`)).headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await fetch(`${gateway.url}${PATH}`, { headers: { 'if-none-match': known } });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    }
    const other = await fetch(`${gateway.url}${PATH}`, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  test('can be asked about, and not changed', async () => {
    const head = await fetch(`${gateway.url}${PATH}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
    const post = await fetch(`${gateway.url}${PATH}`, { method: 'POST', body: '{}' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('do not depend on what is wrong with credentials', async () => {
    const headers = { authorization: 'Bearer hunter2', cookie: 'rolegate-sign-in=x' };
    expect((await fetch(`${gateway.url}${PATH}`, { headers })).status).toBe(200);
  });
});

test('others verify a session token with them', async () => {
  const token = await sessionToken();
  const { payload, protectedHeader } = await jwtVerify(token, keysOfGateway(), EXPECTED);
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'rolegate-session+jwt', kid: expect.any(String) });
  expect(payload).toEqual({
    iss: 'rolegate',
    aud: 'rolegate',
    sub: 'arn:aws:sts::222222222222:assumed-role/DataWriter/alice',
    jti: expect.any(String),
    table: 'role',
    iat: expect.any(Number),
    exp: Number(payload.iat) + 3_600,
  });
  const response = await fetch(`${gateway.url}${PATH}`);
  expect((await jwtVerify(token, createLocalJWKSet(await response.json()), EXPECTED)).payload).toEqual(payload);
});

test('the keys change, tokens of the one before go on, until it is retired', async () => {
  const before = await sessionToken();
  const etag = (await fetch(`${gateway.url}${PATH}`)).headers.get('etag');
  await rotate(false);
  const after = await sessionToken();
  const keys = keysOfGateway();
  const kids = [before, after].map((token) => JSON.parse(atob(token.split('.')[0] ?? '')).kid);
  expect(new Set(kids).size).toBe(2);
  for (const token of [before, after]) {
    const { payload } = await jwtVerify(token, keys, EXPECTED);
    expect(payload.sub).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/alice');
    const asked = await gateway.ask('{ viewer { roleSession { role { name } } } }', {
      authorization: `Bearer ${token}`,
    });
    expect(asked.body.data.viewer.roleSession.role.name).toBe('DataWriter');
  }
  const changed = await fetch(`${gateway.url}${PATH}`, { headers: { 'if-none-match': etag ?? '' } });
  expect(changed.status).toBe(200);

  await rotate(true);
  const last = await sessionToken();
  const left = keysOfGateway();
  await expect(jwtVerify(last, left, EXPECTED)).resolves.toBeDefined();
  for (const token of [before, after]) {
    await expect(jwtVerify(token, left, EXPECTED)).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect((await gateway.ask('{ __typename }', { authorization: `Bearer ${token}` })).status).toBe(401);
  }
});
