import { describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';
import { cookieOf, exchange, operation, type Sent } from './exchange.ts';

const APP = 'https://app.example.com';
const LOCAL = 'http://localhost:3000';
const HOST = 'rolegate.example:8080';
const COOKIE = 'rolegate-sign-in-8080';
const WHO = '{ viewer { kind principal { principalId } } }';
const SIGN_IN = 'mutation($input: SignInInput!) { signIn(input: $input) { kind: __typename } }';

const gateway = startedGateway({ ROLEGATE_ALLOWED_ORIGINS: `${APP}, ${LOCAL}` });

type Headers = Readonly<Record<string, string>>;

function post(query: string, headers: Headers, variables: object = {}): Promise<Sent> {
  const { headers: type, body } = operation(query, variables);
  return exchange(`${gateway.url}/graphql`, { headers: { ...type, host: HOST, ...headers }, body: body ?? '' });
}

function preflight(path: string, origin: string, more: Headers = {}): Promise<Sent> {
  const headers = {
    host: HOST,
    origin,
    'sec-fetch-site': 'cross-site',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
    ...more,
  };
  return exchange(`${gateway.url}${path}`, { method: 'OPTIONS', headers });
}

const allowedIn = ({ headers }: Sent): readonly string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control'));

describe('a page of an allowed origin', () => {
  test.each(['/graphql', '/access/v1/evaluation'])('may ask %s, says the preflight', async (path) => {
    const sent = await preflight(path, APP);
    expect([sent.status, sent.text]).toEqual([204, '']);
    expect(sent.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringContaining('authorization, content-type'),
      vary: 'origin',
      'x-request-id': expect.any(String),
    });
    // Browsers then send no cookie, and keep none.
    expect(sent.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('reads the answer to a bearer token, of either road, of refusals and of AuthZEN', async () => {
    const headers = { origin: LOCAL, 'sec-fetch-site': 'cross-site', authorization: gateway.as.operator };
    const common = await post(WHO, headers);
    expect(common.body.data.viewer.kind).toBe('OPERATOR');
    const byYoga = await post('{ __schema { queryType { name } } }', headers);
    const names = Array.from({ length: 150 }, (_, index) => `a${index}: __typename`).join(' ');
    for (const long of [`{ ${names} }`, '{ __schema { types { name } } }'])
      expect((await post(long, headers)).headers).toMatchObject({ vary: 'origin, accept-encoding' });
    const unparsed = await post('{', headers);
    const refused = await post(WHO, { ...headers, authorization: 'Bearer nobody' });
    const body = JSON.stringify({
      subject: { type: 'user', id: 'arn:aws:iam::111111111111:user/alice' },
      action: { name: 's3:GetObject' },
      resource: { type: 's3', id: 'arn:aws:s3:::dev-alice/a' },
    });
    const authzen = await exchange(`${gateway.url}/access/v1/evaluation`, {
      headers: { host: HOST, 'content-type': 'application/json', ...headers },
      body,
    });
    const all = [common, byYoga, unparsed, refused, authzen];
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 401, 200]);
    for (const sent of all) {
      expect(sent.headers).toMatchObject({
        'access-control-allow-origin': LOCAL,
        'access-control-expose-headers': 'x-request-id, retry-after, www-authenticate',
      });
      expect(sent.headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  test('signs no browser in', async () => {
    const input = { operatorToken: gateway.as.operator.slice('Bearer '.length) };
    for (const more of [{}, { authorization: gateway.as.operator }]) {
      const sent = await post(SIGN_IN, { origin: APP, ...more }, { input });
      expect(sent.body.data.signIn.kind).toBe('ValidationError');
      expect(sent.headers).not.toHaveProperty('set-cookie');
    }
    const left = await post('mutation { signOut { kind: __typename } }', { origin: APP });
    expect([left.status, left.headers['set-cookie']]).toEqual([200, undefined]);
    const own = await post(SIGN_IN, { origin: `http://${HOST}` }, { input });
    expect(cookieOf(own, COOKIE)?.value).toMatch(/^ey/);
  });

  test('has nothing from a cookie, and no access key', async () => {
    const accessKeyId = 'AKIADEMOALICEAAAAAAA';
    const secretAccessKey = gateway.gateway.services.secrets.secretFor(accessKeyId);
    const signedIn = await post(SIGN_IN, {}, { input: { accessKeyId, secretAccessKey } });
    const cookie = `${COOKIE}=${cookieOf(signedIn, COOKIE)?.value}`;
    expect((await post(WHO, { cookie, origin: `http://${HOST}` })).body.data.viewer.kind).toBe('USER');
    const foreign = await post(WHO, { cookie, origin: APP, 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, foreign.body.data.viewer]).toEqual([200, null]);
    const basic = await post(WHO, { authorization: gateway.as.user('alice'), origin: APP });
    expect([basic.status, basic.body.errors[0].message]).toEqual([
      403,
      expect.stringMatching(/^pages of other origins authenticate with a bearer token/),
    ]);
  });
});

test.each([
  ['another site', 'https://evil.example'],
  ['a sub-domain of an allowed one', 'https://x.app.example.com'],
  ['an allowed one without TLS', 'http://app.example.com'],
  ['an allowed one with another port', 'http://localhost:3001'],
  ['an opaque origin', 'null'],
  ['two origins', `${APP}, ${LOCAL}`],
])('a page of %s may not ask', async (_name, origin) => {
  const asked = await preflight('/graphql', origin);
  expect([asked.status, allowedIn(asked)]).toEqual([403, []]);
  const sent = await post(WHO, { origin });
  expect([sent.status, allowedIn(sent)]).toEqual([403, []]);
});

test('what has no bearer tokens is not for pages, and public keys are for all', async () => {
  for (const path of ['/aws', '/', '/healthz']) expect(allowedIn(await preflight(path, APP))).toEqual([]);
  const jwks = await exchange(`${gateway.url}/.well-known/jwks.json`, {
    method: 'GET',
    headers: { origin: 'https://anybody.example' },
  });
  expect([jwks.status, jwks.headers['access-control-allow-origin']]).toEqual([200, '*']);
});
