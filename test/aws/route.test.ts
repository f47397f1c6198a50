import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import type { AuditEvent } from '../../src/directory/stores/audit-store.ts';
import { createLog } from '../../src/server/log.ts';
import { createRouter } from '../../src/server/router.ts';
import { exchange, signInCookieNameAt } from '../server/exchange.ts';
import { startedGateway } from '../support/gateway.ts';
import { ALICE, DATA_WRITER } from './door.ts';
import { form, type Key, sign } from './signed.ts';

const gateway = startedGateway({ ROLEGATE_TRUSTED_PROXIES: '127.0.0.9' });
const WHO = form('GetCallerIdentity');

function alice(): Key {
  return { accessKeyId: ALICE, secretAccessKey: gateway.gateway.services.secrets.secretFor(ALICE) };
}

function host(): string {
  return new URL(gateway.url).host;
}

function signed(rest: Partial<Parameters<typeof sign>[1]> = {}): SignedRequest {
  return sign(alice(), { at: Date.now(), body: WHO, ...rest, headers: { host: host(), ...rest.headers } });
}

function send({ method, path, query, headers, body }: SignedRequest, more: Record<string, string> = {}, from?: string) {
  const lists = Object.fromEntries(
    [...headers].map(([name, [first = '', ...others]]) => [name, others.length === 0 ? first : [first, ...others]]),
  );
  return exchange(`${gateway.url}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: { ...lists, ...more },
    body: Buffer.from(body).toString(),
    ...(from === undefined ? {} : { from }),
  });
}

const codeIn = (text: string): string | null => /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? null;

test.each(['/aws', '/aws/', '/'])('requests are answered at %s', async (path) => {
  const { status, text, headers } = await send(signed({ path }));
  expect([status, text]).toEqual([200, expect.stringContaining('<Arn>arn:aws:iam::111111111111:user/alice</Arn>')]);
  expect(headers['x-amzn-requestid']).toBe(headers['x-request-id']);
  expect(text).toContain(`<RequestId>${String(headers['x-request-id'])}</RequestId>`);
  expect(headers['date']).toBeDefined();
});

test.each(['/aws/2015-03-31/functions', '/aws/my-bucket/key', '/aws//', '/aws/aws'])(
  'other services are told that they are not here: %s',
  async (path) => {
    for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
      const { status, text } = await send(signed({ path, method }));
      expect([status, codeIn(text)]).toEqual([400, 'InvalidAction']);
    }
    const head = await send(signed({ path, method: 'HEAD', body: '' }));
    expect([head.status, head.text]).toEqual([400, '']);
  },
);

test('HEAD has the length of an answer, and none', async () => {
  const { status, text, headers } = await send(signed({ method: 'HEAD', body: '' }));
  expect([status, text, Number(headers['content-length']) > 100]).toEqual([405, '', true]);
});

test('a cookie signs nobody in', async () => {
  const { token } = await gateway.gateway.services.sessions.signIn(alice(), Date.now());
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    cookie: `${signInCookieNameAt(gateway.url)}=${token}`,
  };
  const { status, text } = await exchange(`${gateway.url}/aws`, { headers, body: WHO });
  expect([status, codeIn(text)]).toEqual([403, 'MissingAuthenticationToken']);
});

describe('the host', () => {
  test('is the one that the client named, if a trusted proxy says so', async () => {
    const request = signed({ headers: { host: 'iam.example.com' } });
    const from = '127.0.0.9';
    const behind = { ...request, headers: new Map([...request.headers, ['host', ['inside:4000']]] as const) };
    const forwarded = { 'x-forwarded-host': 'iam.example.com', 'x-forwarded-for': '203.0.113.7' };
    expect((await send(behind, forwarded, from)).status).toBe(200);
    expect(codeIn((await send(behind, {}, from)).text)).toBe('SignatureDoesNotMatch');
    expect(codeIn((await send(behind, forwarded)).text)).toBe('SignatureDoesNotMatch');
  });
});

test('headers are signed as UTF-8, and repeated ones as one', async () => {
  const request = signed({ headers: { 'x-amz-meta': 'Grüße, a,b' } });
  const latin1 = Buffer.from('Grüße, a,b').toString('latin1');
  const sent = { ...request, headers: new Map([...request.headers, ['x-amz-meta', [latin1]]] as const) };
  expect((await send(sent)).status).toBe(200);
  const other = { ...request, headers: new Map([...request.headers, ['x-amz-meta', [latin1, 'c']]] as const) };
  expect(codeIn((await send(other)).text)).toBe('SignatureDoesNotMatch');
});

describe('bodies', () => {
  const padded = (size: number): string => `${WHO}&Padding=`.padEnd(size, 'x');

  test('of 64 KiB are read without a signature, and of 1 MiB with what looks like one', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = `${gateway.url}/aws`;
    const most = await exchange(url, { headers: type, body: padded(65_536) });
    expect([most.status, codeIn(most.text)]).toEqual([403, 'MissingAuthenticationToken']);
    for (const authorization of [undefined, 'Bearer x', 'AWS4-HMAC-SHA256']) {
      const headers = { ...type, ...(authorization === undefined ? {} : { authorization }) };
      const more = await exchange(url, { headers, body: padded(65_537) });
      expect([more.status, codeIn(more.text)]).toEqual([413, 'RequestEntityTooLarge']);
      expect(more.text).toContain('larger than 64 KiB');
    }
    expect((await send(signed({ body: padded(1_048_576) }))).status).toBe(200);
    const large = await send(signed({ body: padded(1_048_577) }));
    expect([large.status, codeIn(large.text), large.headers['content-type']]).toEqual([
      413,
      'RequestEntityTooLarge',
      'text/xml',
    ]);
  });

  test('whose size is not said are not held either', async () => {
    const request = httpRequest(`${gateway.url}/aws`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    request.on('error', () => undefined);
    for (let n = 0; n < 80; n++) request.write('x'.repeat(1024));
    const [response] = await once(request, 'response');
    expect([response.statusCode, response.headers.connection]).toEqual([413, 'close']);
    response.resume();
    request.destroy();
  });

  test('that end early are answered by nobody, and harm nobody', async () => {
    const { port } = new URL(gateway.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /aws HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nAction=');
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    expect((await send(signed())).status).toBe(200);
  });
});

test('a gateway that is not ready says so in AWS’s form', async () => {
  const router = createRouter({
    log: createLog('silent'),
    clock: Date.now,
    phase: () => 'starting',
    graphql: () => null,
    aws: () => null,
    jwks: () => null,
    authzen: () => null,
    maintenance: () => null,
    ping: () => Promise.resolve(),
    graphiqlTabs: null,
    consoleFacts: null,
  });
  const server = createServer(router).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { status, text, headers } = await exchange(`http://127.0.0.1:${port}/aws`, { body: WHO });
  expect([status, codeIn(text), headers['retry-after']]).toEqual([503, 'ServiceUnavailable', '1']);
  expect(text).toContain('<Type>Receiver</Type>');
  server.close();
});

test('what is done at either door is in the trail alike, with the user agent', async () => {
  const headers = { 'user-agent': 'aws-cli/2.31.0 md/x' };
  const body = form('AssumeRole', { RoleArn: DATA_WRITER, RoleSessionName: 'a1' });
  expect((await send(signed({ body }), headers)).status).toBe(200);
  const mutation = `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "a1" }) { __typename } }`;
  await exchange(`${gateway.url}/graphql`, {
    headers: { ...headers, 'content-type': 'application/json', authorization: gateway.as.user('alice') },
    body: JSON.stringify({ query: mutation }),
  });
  const events = await gateway.gateway.services.directory.audit.list({ limit: 1000 });
  const [one, other] = events
    .filter(({ event }) => event === 'AssumeRole')
    .slice(-2)
    .map(told);
  expect(one).toEqual(other);
  expect(one).toMatchObject({
    userAgent: 'aws-cli/2.31.0 md/x',
    sourceIp: '127.0.0.1',
    outcome: 'SUCCEEDED',
    target: DATA_WRITER,
  });
});

/** What is the same in both: not which event and request it was, when, and the key that was made, each of which is a revision. */
function told({
  sequence: _sequence,
  at: _at,
  lastAt: _lastAt,
  requestId: _id,
  revision: _revision,
  parameters,
  ...event
}: AuditEvent): object {
  const { accessKeyId: _key, ...others } = parameters ?? {};
  return { ...event, parameters: others };
}
