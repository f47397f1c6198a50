import { beforeEach, describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';
import { cookieOf, exchange, operation, type Sent } from './exchange.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const HOST = 'rolegate.example:8080';
const COOKIE = 'rolegate-sign-in-8080';

const gateway = startedGateway({ ROLEGATE_TRUSTED_PROXIES: '127.0.0.9' });
let cookie: string;

type Headers = Readonly<Record<string, string>>;

const ASSUME = `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "alice" }) { kind: __typename } }`;
const SIGN_IN = 'mutation($input: SignInInput!) { signIn(input: $input) { kind: __typename } }';
const WHO = '{ viewer { principal { principalId } } }';

function post(query: string, headers: Headers, variables: object = {}, from?: string): Promise<Sent> {
  const { headers: type, body } = operation(query, variables);
  return exchange(`${gateway.url}/graphql`, {
    headers: { ...type, host: HOST, ...headers },
    body: body ?? '',
    ...(from === undefined ? {} : { from }),
  });
}

function aliceKey() {
  const { secrets } = gateway.gateway.services;
  const accessKeyId = 'AKIADEMOALICEAAAAAAA';
  return { accessKeyId, secretAccessKey: secrets.secretFor(accessKeyId) };
}

async function viewer(): Promise<string> {
  return (await post(WHO, { cookie })).body.data.viewer.principal.principalId;
}

/** How many events the audit trail holds: nothing that is done leaves it as it was. */
function auditedSoFar(): Promise<number> {
  return gateway.gateway.services.directory.prisma.auditEvent.count();
}

beforeEach(async () => {
  const sent = await post(SIGN_IN, {}, { input: aliceKey() });
  cookie = `${COOKIE}=${cookieOf(sent, COOKIE)?.value}`;
});

/** What a browser sends along, by where the page is that asks. */
const FOREIGN: readonly (readonly [string, Headers])[] = [
  ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['another site, an older browser', { origin: 'https://evil.example' }],
  ['another site that hides who it is', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['an opaque origin', { origin: 'null' }],
  ['a sub-domain', { origin: `http://app.${HOST}`, 'sec-fetch-site': 'same-site' }],
  ['a sub-domain, an older browser', { origin: `http://app.${HOST}` }],
  ['the domain above', { origin: 'http://example:8080' }],
  ['another port of the host', { origin: 'http://rolegate.example:9999', 'sec-fetch-site': 'same-site' }],
  ['another port, an older browser', { origin: 'http://rolegate.example:9999' }],
  ['the standard port', { origin: 'http://rolegate.example' }],
  ['a name that begins like ours', { origin: `http://${HOST}.evil.example` }],
  ['a name that ends like ours', { origin: `http://not-${HOST}` }],
  ['ours as the name of a user', { origin: `http://${HOST}@evil.example` }],
  ['an origin with a path', { origin: `http://${HOST}/` }],
  ['an extension', { origin: `chrome-extension://${HOST}` }],
  ['two origins', { origin: `http://${HOST}, https://evil.example` }],
  ['an empty origin', { origin: '' }],
  ['a site that a newer browser may name', { 'sec-fetch-site': 'nearby' }],
  ['ours, says the origin alone', { origin: `http://${HOST}`, 'sec-fetch-site': 'cross-site' }],
  ['ours, says the site alone', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
];

function expectForeign(sent: Sent): void {
  expect(sent.status).toBe(403);
  expect(sent.body.errors[0].extensions.code).toBe('FORBIDDEN');
  expect(sent.body.errors[0].message).toMatch(/^requests of other sites are not answered: /);
  expect(sent.headers['set-cookie']).toBeUndefined();
  expect(Object.keys(sent.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
}

describe.each(FOREIGN)('a page of %s', (_name, headers) => {
  test('switches nobody’s role', async () => {
    const before = await auditedSoFar();
    expectForeign(await post(ASSUME, { cookie, ...headers }));
    expect(await auditedSoFar()).toBe(before);
    expect(await viewer()).toBe(ALICE);
  });

  test('signs nobody in, whether or not somebody is', async () => {
    const before = await auditedSoFar();
    expectForeign(await post(SIGN_IN, headers, { input: aliceKey() }));
    expectForeign(await post(SIGN_IN, { cookie, ...headers }, { input: aliceKey() }));
    expect(await auditedSoFar()).toBe(before);
  });

  test('reads nothing', async () => {
    const url = `${gateway.url}/graphql?query=${encodeURIComponent(WHO)}`;
    const own = { host: HOST, cookie, 'x-graphql-yoga-csrf': '1', ...headers };
    expectForeign(await exchange(url, { method: 'GET', headers: own }));
    const preflight = await exchange(`${gateway.url}/graphql`, { method: 'OPTIONS', headers: own });
    expectForeign(preflight);
    expect(preflight.body.data).toBeUndefined();
  });
});

describe('a page of the gateway itself', () => {
  test.each([
    ['a browser of today', { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' }],
    ['an older one', { origin: `http://${HOST}` }],
    ['one that sends neither', {}],
    ['written otherwise', { origin: `http://${HOST}`, host: HOST.toUpperCase() }],
    ['TLS ends at a proxy that nobody told of', { origin: `https://${HOST}`, 'sec-fetch-site': 'same-origin' }],
  ])('is answered: %s', async (_name, headers) => {
    expect((await post(ASSUME, { cookie, ...headers })).body.data.assumeRole.kind).toBe('AssumeRoleSuccess');
  });

  test('behind a trusted proxy that says which host it was asked for', async () => {
    const asked = { 'x-forwarded-host': 'iam.example', 'x-forwarded-proto': 'https', origin: 'https://iam.example' };
    const variables = { input: aliceKey() };
    expect((await post(SIGN_IN, asked, variables, '127.0.0.9')).body.data.signIn.kind).toBe('SignInSuccess');
    expectForeign(await post(SIGN_IN, asked, variables));
    expectForeign(await post(SIGN_IN, { ...asked, origin: 'http://iam.example' }, variables, '127.0.0.9'));
    expectForeign(await post(SIGN_IN, { ...asked, origin: 'https://iam.example:444' }, variables, '127.0.0.9'));
    const standardPort = { ...asked, 'x-forwarded-host': 'IAM.example:443' };
    expect((await post(SIGN_IN, standardPort, variables, '127.0.0.9')).status).toBe(200);
  });
});

describe('what a form or a link can send, without saying where from', () => {
  const body = JSON.stringify({ query: ASSUME });

  test.each([
    ['text/plain', body],
    ['text/plain;application/json', body],
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent(ASSUME)}`],
    ['', body],
    [null, body],
  ])('a POST of %s is not read', async (type, text) => {
    const headers = { host: HOST, cookie, ...(type === null ? {} : { 'content-type': type }) };
    const sent = await exchange(`${gateway.url}/graphql`, { headers, body: text });
    expect(sent.status).toBe(415);
    expect(await viewer()).toBe(ALICE);
  });

  test('a POST of multipart/form-data is not read, because its cookie does not count', async () => {
    const headers = { host: HOST, cookie, 'content-type': 'multipart/form-data; boundary=x' };
    const text = `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${body}\r\n--x--\r\n`;
    const sent = await exchange(`${gateway.url}/graphql`, { headers, body: text });
    expect(sent.status).toBe(415);
    expect(await viewer()).toBe(ALICE);
  });

  test('a GET is not read without a header that no link can send', async () => {
    const url = `${gateway.url}/graphql?query=${encodeURIComponent(WHO)}`;
    const headers = { host: HOST, cookie, accept: 'application/json' };
    const without = await exchange(url, { method: 'GET', headers });
    expect(without.status).toBe(403);
    expect(without.body.errors).toEqual([
      {
        message: expect.stringContaining('a GET needs one of the headers authorization, x-graphql-yoga-csrf, '),
        extensions: { code: 'FORBIDDEN', requestId: without.headers['x-request-id'] },
      },
    ]);
    const own = { ...headers, 'graphql-require-preflight': '1', 'sec-fetch-site': 'same-origin' };
    expect((await exchange(url, { method: 'GET', headers: own })).body.data.viewer.principal.principalId).toBe(ALICE);
  });

  test.each(['GET', 'HEAD'])('a %s changes nothing, whatever it carries', async (method) => {
    const before = await auditedSoFar();
    const url = `${gateway.url}/graphql?query=${encodeURIComponent(ASSUME)}`;
    const headers = { host: HOST, cookie, 'x-graphql-yoga-csrf': '1', accept: 'application/json' };
    expect((await exchange(url, { method, headers })).status).toBe(405);
    expect(await auditedSoFar()).toBe(before);
    expect(await viewer()).toBe(ALICE);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('a %s does not either', async (method) => {
    const { headers } = operation('');
    const sent = await exchange(`${gateway.url}/graphql`, {
      method,
      headers: { ...headers, host: HOST, cookie },
      body,
    });
    expect(sent.status).toBe(405);
    expect(await viewer()).toBe(ALICE);
  });
});

test('of several operations of another site none is done', async () => {
  const before = await auditedSoFar();
  const { headers } = operation('');
  const sent = await exchange(`${gateway.url}/graphql`, {
    headers: { ...headers, host: HOST, cookie, origin: 'https://evil.example' },
    body: JSON.stringify([{ query: WHO }, { query: ASSUME }]),
  });
  expectForeign(sent);
  expect(await auditedSoFar()).toBe(before);
});

test('a page that makes its own name point here is nobody: the cookie is another name’s', async () => {
  const rebound = { host: 'evil.example:4000', origin: 'http://evil.example:4000', 'sec-fetch-site': 'same-origin' };
  expect((await post(WHO, rebound)).body).toEqual({ data: { viewer: null } });
  expect((await post(ASSUME, rebound)).body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
});

test('an Authorization header needs none of that: no page can send one', async () => {
  const headers = {
    authorization: gateway.as.user('alice'),
    origin: 'https://app.example',
    'sec-fetch-site': 'cross-site',
  };
  const sent = await post(WHO, headers);
  expect(sent.body.data.viewer.principal.principalId).toBe(ALICE);
  expect(Object.keys(sent.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});
