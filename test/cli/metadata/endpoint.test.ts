import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RoleCredentials } from '../../../src/cli/credentials/assume.ts';
import { CommandFailed, GatewayRefused } from '../../../src/cli/failure.ts';
import { serveEndpoint } from '../../../src/cli/metadata/endpoint.ts';
import { ImdsTokens } from '../../../src/cli/metadata/imds-tokens.ts';
import { KeptCredentials } from '../../../src/cli/metadata/kept-credentials.ts';
import type { StoppableServer } from '../../../src/server/http-server.ts';

const NOON = Date.parse('2026-11-26T12:00:00.789Z');
const TOKEN = 'token-of-the-workload';
const CONTAINER = '/credentials';
const IMDS_TOKEN = '/latest/api/token';
const ROLES = '/latest/meta-data/iam/security-credentials/';
const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';

const clock = { now: NOON };
/** Why there are no new credentials. */
let failure: unknown = null;
const unexpected: unknown[] = [];

const CREDENTIALS: RoleCredentials = {
  accessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
  secretAccessKey: 'secret',
  sessionToken: 'session-token',
  expiration: Date.parse('2026-11-26T13:00:00Z'),
  sessionArn: 'arn:aws:sts::111111111111:assumed-role/WebServer/i-0123456789abcdef0',
};

let server: StoppableServer;
/** Container credentials only. */
let container: StoppableServer;
let port: number;

const serve = (instanceMetadata: boolean, ipv6 = false) =>
  serveEndpoint(
    {
      token: TOKEN,
      credentials: new KeptCredentials(
        CREDENTIALS,
        () => Promise.reject(failure),
        () => undefined,
        () => clock.now,
      ),
      instanceMetadata: instanceMetadata
        ? { tokens: new ImdsTokens(), availabilityZone: 'eu-central-1b', clock: () => clock.now }
        : null,
      unexpected: (error) => unexpected.push(error),
    },
    0,
    ipv6,
  );

beforeAll(async () => {
  [server, container] = await Promise.all([serve(true, true), serve(false)]);
  port = Number(new URL(server.url).port);
});
afterAll(() => Promise.all([server.stop(), container.stop()]));
beforeEach(() => {
  clock.now = NOON;
  failure = null;
});

interface Asked {
  readonly method?: string;
  /** A list sends the header as often. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly at?: string;
  readonly body?: string;
}

function ask(path: string, { method = 'GET', headers = {}, at = server.url, body }: Asked = {}) {
  return new Promise<{ status: number | undefined; text: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const { hostname, port: atPort } = new URL(at);
      const options = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: atPort, path, method, agent: false };
      const sent = request({ ...options, headers: headers as NodeJS.Dict<string | string[]> }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
      });
      sent.on('error', reject).end(body);
    },
  );
}

const ofContainer = (headers: Asked['headers'] = {}, rest: Asked = {}) =>
  ask(CONTAINER, { ...rest, headers: { authorization: TOKEN, ...headers } });

const imdsToken = async (seconds = '21600') =>
  (await ask(IMDS_TOKEN, { method: 'PUT', headers: { [TTL]: seconds } })).text;
const ofInstance = async (path: string) => ask(path, { headers: { 'x-aws-ec2-metadata-token': await imdsToken() } });

const codeOf = ({ status, text }: { status: number | undefined; text: string }) => [status, JSON.parse(text).Code];

describe('the container credentials endpoint', () => {
  test('gives credentials to whoever has the token', async () => {
    const { status, text, headers } = await ofContainer();
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/json', 'no-store']);
    expect(JSON.parse(text)).toEqual({
      AccessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
      SecretAccessKey: 'secret',
      Token: 'session-token',
      Expiration: '2026-11-26T13:00:00Z',
      AccountId: '111111111111',
    });
  });

  test.each([
    ['none', {}],
    ['an empty one', { authorization: '' }],
    ['another one', { authorization: `${TOKEN}x` }],
    ['a part of it', { authorization: TOKEN.slice(0, -1) }],
    ['one with a scheme', { authorization: `Bearer ${TOKEN}` }],
    ['two', { authorization: [TOKEN, TOKEN] }],
  ])('gives none to %s', async (_what, headers: Asked['headers']) => {
    const answer = await ask(CONTAINER, { ...(headers && { headers }) });
    expect(codeOf(answer)).toEqual([401, 'Unauthorized']);
    expect(answer.text).not.toContain(TOKEN);
  });

  test('is at one path, for one method, without a body', async () => {
    for (const path of ['/', '/credentials/', '/credentials?x=1', '//credentials', '/Credentials']) {
      expect(codeOf(await ask(path, { headers: { authorization: TOKEN } }))).toEqual([404, 'NotFound']);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ofContainer({}, { method });
      expect([...codeOf(answer), answer.headers['allow']]).toEqual([405, 'MethodNotAllowed', 'GET']);
    }
    expect(codeOf(await ofContainer({ 'content-length': '1' }, { body: 'x' }))).toEqual([413, 'PayloadTooLarge']);
    expect(codeOf(await ofContainer({ 'transfer-encoding': 'chunked' }, { body: 'x' }))).toEqual([
      413,
      'PayloadTooLarge',
    ]);
  });

  test('alone answers nothing as instance metadata', async () => {
    const answer = await ask(IMDS_TOKEN, { method: 'PUT', headers: { [TTL]: '60' }, at: container.url });
    expect(codeOf(answer)).toEqual([404, 'NotFound']);
    expect((await ofContainer({}, { at: container.url })).status).toBe(200);
  });
});

describe('who asks', () => {
  test('by the names of the loopback address, with the port', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '127.1.2.3']) {
      expect((await ofContainer({ host: `${name}:${port}` })).status).toBe(200);
    }
    expect((await ofContainer({}, { at: `http://[::1]:${port}` })).status).toBe(200);
  });

  test.each([
    { host: 'rebound.example:PORT' },
    { host: 'localhost.example:PORT' },
    { host: '127.0.0.1.example:PORT' },
    { host: 'x@127.0.0.1:PORT' },
    { host: '169.254.169.254:PORT' },
    { host: '0.0.0.0:PORT' },
    { host: '2130706433:PORT' },
    { host: '[::]:PORT' },
    { host: '127.0.0.1' },
    { host: '127.0.0.1:1' },
    { host: '127.0.0.1:PORT:PORT' },
    { origin: 'http://127.0.0.1:PORT' },
    { origin: 'null' },
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-for': '' },
    { forwarded: 'for=127.0.0.1' },
    { via: '1.1 proxy' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'same-origin' },
  ])('not through a proxy, by another name or by a page: %j', async (given) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replaceAll('PORT', String(port))]),
    );
    expect(codeOf(await ofContainer(headers))).toEqual([403, 'Forbidden']);
    const token = await ask(IMDS_TOKEN, { method: 'PUT', headers: { [TTL]: '60', ...headers } });
    expect(codeOf(token)).toEqual([403, 'Forbidden']);
  });

  test('not with two names, and not as at a proxy', async () => {
    const raw = (text: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(text));
        let answer = '';
        socket.setEncoding('utf8').on('data', (chunk: string) => {
          answer += chunk;
        });
        socket.on('end', () => resolve(answer.slice(0, 12))).on('error', reject);
      });
    const own = `Host: 127.0.0.1:${port}\r\nAuthorization: ${TOKEN}\r\nConnection: close\r\n`;
    expect(await raw(`GET ${CONTAINER} HTTP/1.1\r\n${own}\r\n`)).toBe('HTTP/1.1 200');
    expect(await raw(`GET ${CONTAINER} HTTP/1.1\r\nHost: rebound.example\r\n${own}\r\n`)).toBe('HTTP/1.1 403');
    expect(await raw(`GET ${CONTAINER} HTTP/1.1\r\n${own}Host: rebound.example\r\n\r\n`)).toBe('HTTP/1.1 403');
    expect(await raw(`GET http://rebound.example${CONTAINER} HTTP/1.1\r\n${own}\r\n`)).toBe('HTTP/1.1 403');
    expect(await raw(`GET ${CONTAINER} HTTP/1.1\r\nAuthorization: ${TOKEN}\r\n\r\n`)).toBe('HTTP/1.1 400');
    expect(await raw(`GET ${CONTAINER} HTTP/1.1\r\n${own.replace(/Host: \S+/, 'Host: ')}\r\n`)).toBe('HTTP/1.1 403');
    expect(await raw(`GET ${CONTAINER} HTTP/1.0\r\nAuthorization: ${TOKEN}\r\n\r\n`)).toBe('HTTP/1.1 403');
    expect(await raw(`GET ${CONTAINER} HTTP/1.1\r\n${own}X: ${'x'.repeat(9_000)}\r\n\r\n`)).toBe('HTTP/1.1 431');
  });
});

describe('instance metadata', () => {
  test('a token first, then the name of the role, then its credentials', async () => {
    const put = await ask(IMDS_TOKEN, { method: 'PUT', headers: { [TTL]: '60' } });
    expect([put.status, put.headers[TTL], put.headers['content-type']]).toEqual([
      200,
      '60',
      'text/plain; charset=utf-8',
    ]);
    for (const path of [ROLES, ROLES.slice(0, -1)]) {
      expect(await ofInstance(path)).toMatchObject({ status: 200, text: 'WebServer' });
    }
    const { status, text } = await ofInstance(`${ROLES}WebServer`);
    expect([status, JSON.parse(text)]).toEqual([
      200,
      {
        Code: 'Success',
        LastUpdated: '2026-11-26T12:00:00Z',
        Type: 'AWS-HMAC',
        AccessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
        SecretAccessKey: 'secret',
        Token: 'session-token',
        Expiration: '2026-11-26T13:00:00Z',
      },
    ]);
  });

  test('where the instance is, with and without a slash at the end', async () => {
    for (const end of ['', '/']) {
      expect((await ofInstance(`/latest/meta-data/placement/availability-zone${end}`)).text).toBe('eu-central-1b');
      expect((await ofInstance(`/latest/meta-data/placement/region${end}`)).text).toBe('eu-central-1');
    }
  });

  test.each([`${ROLES}Other`, '/latest/meta-data/iam/security-credentials-extended/', '/latest/user-data', '/latest/'])(
    'nothing at %s',
    async (path) => {
      expect(codeOf(await ofInstance(path))).toEqual([404, 'NotFound']);
    },
  );

  test.each([
    [{}],
    [{ [TTL]: '' }],
    [{ [TTL]: '0' }],
    [{ [TTL]: '21601' }],
    [{ [TTL]: '-1' }],
    [{ [TTL]: '6e1' }],
    [{ [TTL]: ['60', '60'] }],
  ])('no token for a wrong time to live: %j', async (headers: Asked['headers']) => {
    const answer = await ask(IMDS_TOKEN, { method: 'PUT', ...(headers && { headers }) });
    expect(codeOf(answer)).toEqual([400, 'BadRequest']);
  });

  test('tokens live from one second to six hours, and end', async () => {
    for (const seconds of [1, 21_600]) {
      clock.now = NOON;
      const headers = { 'x-aws-ec2-metadata-token': await imdsToken(String(seconds)) };
      const path = '/latest/meta-data/placement/region';
      clock.now = NOON + seconds * 1000 - 1;
      expect((await ask(path, { headers })).status).toBe(200);
      clock.now += 1;
      expect(codeOf(await ask(path, { headers }))).toEqual([401, 'Unauthorized']);
    }
  });

  test('nothing without a token, or with one that is not from here: IMDSv1 is not served', async () => {
    const token = await imdsToken();
    const other = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
    const longer = Buffer.alloc(54, 0xff).toString('base64url');
    for (const given of [undefined, '', other, token.slice(0, -1), `${token}A`, longer, [token, token]]) {
      const headers: Asked['headers'] = given === undefined ? {} : { 'x-aws-ec2-metadata-token': given };
      for (const path of [ROLES, `${ROLES}WebServer`, '/latest/meta-data/placement/region', '/latest/none']) {
        expect(codeOf(await ask(path, { headers }))).toEqual([401, 'Unauthorized']);
      }
    }
    // What other methods get at the path of the token.
    expect(codeOf(await ask(IMDS_TOKEN))).toEqual([405, 'MethodNotAllowed']);
    expect(codeOf(await ask(ROLES, { method: 'PUT' }))).toEqual([405, 'MethodNotAllowed']);
    expect(new ImdsTokens().isValid(token, NOON)).toBe(false);
  });
});

describe('when there are no credentials', () => {
  let days = 0;
  beforeEach(() => {
    // After the end of those that were there, and a day later each time: failures pause.
    days += 1;
    clock.now = NOON + days * 86_400_000;
  });

  test.each([
    [new GatewayRefused('User … is not authorized', 'AccessDenied', 'AccessDenied'), 403, 'AccessDenied'],
    [new GatewayRefused('The key is off', 'UNAUTHENTICATED', 'InvalidClientTokenId'), 403, 'InvalidClientTokenId'],
    [new GatewayRefused('Slow down', 'RATE_LIMITED', 'Throttling'), 429, 'Throttling'],
    [new GatewayRefused('Failed', 'INTERNAL_SERVER_ERROR'), 502, 'INTERNAL_SERVER_ERROR'],
    [new CommandFailed('the gateway does not answer'), 503, 'ServiceUnavailable'],
  ])('the failure is the answer: %s', async (error, status, code) => {
    failure = error;
    const answer = await ofContainer();
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { Code: code, Message: error.message }]);
    expect((await ofInstance(`${ROLES}WebServer`)).text).toBe(answer.text);
  });

  test('what nobody expected is told to the operator alone', async () => {
    failure = new Error('a secret of the process');
    const { status, text } = await ofContainer();
    expect([status, JSON.parse(text)]).toEqual([500, { Code: 'InternalFailure', Message: 'the request failed' }]);
    expect(unexpected).toEqual([failure]);
  });
});

test('a port in use is said', async () => {
  await expect(
    serveEndpoint(
      { token: '', credentials: null as never, instanceMetadata: null, unexpected: () => undefined },
      port,
      false,
    ),
  ).rejects.toThrow(`port ${port} of 127.0.0.1 cannot be listened on (EADDRINUSE): choose another one with --port`);
});
