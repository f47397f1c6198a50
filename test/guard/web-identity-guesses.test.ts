import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { KeyGuard } from '../../src/guard/key-guard.ts';
import { throttledSessions } from '../../src/guard/throttled-sessions.ts';
import type { Sessions } from '../../src/session/sessions.ts';
import { NOW, OPERATOR } from '../graphql/gateway.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { A, aRole, roleArn, trusts } from '../support/policies.ts';

const ISSUER = 'https://token.example.com';
const PROVIDER = `arn:aws:iam::${A}:oidc-provider/token.example.com`;
const HERE = '192.0.2.1';
const key = await generateKeyPair('ES256');

let services: TestServices;
/** Nothing is counted yet. */
let sessions: Sessions;

beforeAll(async () => {
  const trust = trusts({ Federated: PROVIDER }, { action: 'sts:AssumeRoleWithWebIdentity' });
  services = await openServices({ accounts: [{ id: A, membership: 'NONE' }], roles: [aRole('Ci', [trust])] });
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(key.publicKey)), alg: 'ES256' }] });
  const provider = { accountId: A, url: ISSUER, clientIds: ['rolegate'], jwks };
  await services.sessions.createOidcProvider(OPERATOR, provider, NOW);
}, OPENING);
beforeEach(() => {
  sessions = throttledSessions(services.sessions, new KeyGuard());
});
afterAll(() => services.remove());

function token(claims: JWTPayload = {}): Promise<string> {
  const times = { iat: NOW / 1000 - 600, exp: NOW / 1000 + 3600 };
  return new SignJWT({ iss: ISSUER, aud: 'rolegate', sub: 'repo:main', ...times, ...claims })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(key.privateKey);
}

/** `assumed`, or the code of the error. */
async function come(webIdentityToken: string, role = 'Ci', sourceIp = HERE): Promise<string> {
  const input = { role: roleArn(role), roleSessionName: 'run-1', webIdentityToken };
  return sessions.assumeRoleWithWebIdentity(input, NOW, { sourceIp }).then(
    () => 'assumed',
    (error: { readonly code: string }) => error.code,
  );
}

async function inTurn(count: number, attempt: (n: number) => Promise<string>): Promise<string[]> {
  const outcomes: string[] = [];
  for (let n = 0; n < count; n++) outcomes.push(await attempt(n));
  return outcomes;
}

test('tokens that are not accepted count', async () => {
  const outcomes = await inTurn(7, (n) => come(`a.b${n}.c`));
  expect(outcomes).toEqual([...Array(5).fill('InvalidIdentityToken'), 'Throttling', 'Throttling']);
});

test('a right token that is tried on one role after the other counts, too', async () => {
  const right = await token();
  const outcomes = await inTurn(32, (n) => come(right, `Guess${n}`));
  expect(outcomes).toEqual([...Array(30).fill('AccessDenied'), 'Throttling', 'Throttling']);
});

test('what was right from there before goes on being looked at, and elsewhere nobody is concerned', async () => {
  const right = await token();
  expect(await come(right)).toBe('assumed');
  await inTurn(40, (n) => come(`a.b${n}.c`, `Guess${n}`));
  expect(await come(right)).toBe('assumed');
  expect(await come(await token({ sub: 'repo:other' }))).toBe('Throttling');
  expect(await come(await token({ sub: 'repo:other' }), 'Ci', '192.0.2.2')).toBe('assumed');
});

test('a role that let the token in before is another than one that is guessed with it', async () => {
  const right = await token();
  expect(await come(right)).toBe('assumed');
  const outcomes = await inTurn(32, (n) => come(right, `Guess${n}`));
  expect(outcomes.slice(-2)).toEqual(['Throttling', 'Throttling']);
});

test('an expired token was right, and a parameter out of its limits guesses nothing', async () => {
  const expired = await token({ exp: NOW / 1000 - 300 });
  expect(await inTurn(40, () => come(expired))).toEqual(Array(40).fill('ExpiredToken'));
  const outcomes = await inTurn(40, async () =>
    sessions
      .assumeRoleWithWebIdentity({ role: roleArn('Ci'), roleSessionName: 'x', webIdentityToken: await token() }, NOW, {
        sourceIp: HERE,
      })
      .then(
        () => 'assumed',
        ({ code }: { readonly code: string }) => code,
      ),
  );
  expect(new Set(outcomes)).toEqual(new Set(['ValidationError']));
});
