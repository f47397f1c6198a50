import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';

const gateway = startedGateway();

const VIEWER = '{ viewer { principal { principalId } } }';

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

describe('sign-in', () => {
  test('without credentials nobody is the viewer, and nothing else answers', async () => {
    expect((await gateway.ask(VIEWER)).body).toEqual({ data: { viewer: null } });
    const { body } = await gateway.ask('{ account(accountId: "111111111111") { name } }');
    expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  test('an empty Authorization header is none', async () => {
    expect((await gateway.ask(VIEWER, { authorization: '' })).body).toEqual({ data: { viewer: null } });
  });

  test('a user with its access key', async () => {
    const { body } = await gateway.ask(VIEWER, { authorization: gateway.as.user('alice') });
    expect(body).toEqual({ data: { viewer: { principal: { principalId: 'arn:aws:iam::111111111111:user/alice' } } } });
  });

  test.each([
    ['a key that is not there', `Basic ${btoa('AKIAIOSFODNN7EXAMPLE:secret')}`, 'InvalidClientTokenId'],
    ['a wrong secret', `Basic ${btoa('AKIADEMOALICEAAAAAAA:hunter2')}`, 'SignatureDoesNotMatch'],
    ['a token that is none', 'Bearer hunter2', 'InvalidClientTokenId'],
    ['another scheme', 'AWS4-HMAC-SHA256 Credential=hunter2', 'IncompleteSignature'],
  ])('%s is refused with 401 and AWS’s code', async (_name, authorization, awsCode) => {
    const { status, headers, body } = await gateway.ask(VIEWER, { authorization });
    expect(status).toBe(401);
    expect(body.errors[0].extensions).toMatchObject({ code: 'UNAUTHENTICATED', awsCode });
    expect(JSON.stringify(body)).not.toContain('hunter2');
    // A challenge that names Basic would make browsers ask for a password in a window of their own.
    expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(headers.get('www-authenticate')).not.toMatch(/basic/i);
  });

  test('the refusal of an anonymous question makes no browser ask for a password either', async () => {
    const { headers } = await gateway.ask('{ account(accountId: "111111111111") { name } }');
    expect(headers.get('www-authenticate') ?? '').not.toMatch(/basic/i);
  });
});

describe('limits of the body', () => {
  const padded = (size: number): string => {
    const head = `{"query":"${VIEWER}","extensions":{"padding":"`;
    return `${head}${'x'.repeat(size - head.length - 3)}"}}`;
  };

  test.each([
    ['64 KiB without credentials', 65_536, () => ''],
    ['4 MiB for a user', 4 * 1_048_576, () => gateway.as.user('alice')],
    ['64 MiB for the operator', 64 * 1_048_576, () => gateway.as.operator],
  ])('%s', async (_name, limit, authorization) => {
    const headers = { authorization: authorization() };
    expect((await post(padded(limit), headers)).status).toBe(200);
    const { status, body } = await post(padded(limit + 1), headers);
    expect(status).toBe(413);
    expect(body.errors[0]).toMatchObject({
      message: expect.stringContaining(limit >= 1_048_576 ? `${limit / 1_048_576} MiB` : '64 KiB'),
      extensions: { code: 'REQUEST_TOO_LARGE', limitBytes: limit },
    });
  });

  test('8,192 characters of documents without credentials, in all operations of a request', async () => {
    const query = (length: number): string => `${VIEWER} #${'x'.repeat(length - VIEWER.length - 2)}`;
    expect((await post(JSON.stringify({ query: query(8192) }))).status).toBe(200);
    const batch = JSON.stringify([{ query: query(4096) }, { query: query(4097) }]);
    for (const body of [JSON.stringify({ query: query(8193) }), batch]) {
      const { status, body: said } = await post(body);
      expect([status, said.errors[0].extensions]).toMatchObject([413, { code: 'REQUEST_TOO_LARGE', limit: 8192 }]);
    }
    const headers = { authorization: gateway.as.user('alice') };
    expect((await post(JSON.stringify({ query: query(8193) }), headers)).status).toBe(200);
  });

  test('values that are long and deep are refused, with the depth', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const headers = { authorization: gateway.as.user('alice') };
    const { status, body } = await post(`{"query":"${VIEWER}","extensions":{"a":${deep}}}`, headers);
    expect([status, body.errors[0].message]).toEqual([400, expect.stringContaining('more than 64 levels')]);
  });

  /** Sends zeros without saying how many, until the answer is there. */
  function flood(megabytes: number, authorization: string): Promise<{ status: number; body: string; sent: number }> {
    return new Promise((resolve, reject) => {
      const chunk = Buffer.alloc(1_048_576, 0x20);
      let sent = 0;
      const request = httpRequest(
        `${gateway.url}/graphql`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization, 'transfer-encoding': 'chunked' },
        },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text) => (body += text));
          response.once('end', () => {
            resolve({ status: response.statusCode ?? 0, body, sent });
            request.destroy();
          });
        },
      );
      request.once('error', reject);
      const write = (): void => {
        while (sent < megabytes && !request.destroyed) {
          sent++;
          if (!request.write(chunk)) {
            request.once('drain', write);
            return;
          }
        }
        request.end();
      };
      write();
    });
  }

  test('100 MiB whose size is not declared are refused without being held', async () => {
    const before = process.memoryUsage().rss;
    const { status, body } = await flood(100, gateway.as.operator);
    expect(status).toBe(413);
    expect(JSON.parse(body).errors[0].extensions.limitBytes).toBe(64 * 1_048_576);
    expect((await flood(100, '')).status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1_048_576);
  });

  test('a client that waits for 100-continue is refused before it sends', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url);
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.setEncoding('utf8').on('data', (data) => (text += data));
      socket.once('close', () => resolve(text));
      socket.once('error', reject);
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
          'content-length: 104857600\r\nexpect: 100-continue\r\n\r\n',
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).not.toContain('100 Continue');
  });

  test('after a refusal the connection of a small request goes on being used', async () => {
    const { status } = await post('x'.repeat(100), { authorization: 'Bearer wrong' });
    expect(status).toBe(401);
    expect((await gateway.ask(VIEWER)).status).toBe(200);
  });
});

describe('bodies that are no GraphQL request', () => {
  test.each([
    ['{"query":', 'the request body is not valid JSON'],
    ['', 'the request body is empty; it must be JSON with a `query`'],
    ['7', 'the request body must be a JSON object with a `query`'],
    ['null', 'the request body must be a JSON object with a `query`'],
    ['{}', 'the request body has no `query`'],
    ['[]', 'the request body is an empty list of operations'],
    [
      JSON.stringify(Array.from({ length: 11 }, () => ({ query: VIEWER }))),
      'the request body holds 11 operations; the limit is 10',
    ],
  ])('%j', async (body, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ message, extensions: { code: 'BAD_REQUEST' } });
  });

  test('bytes that are not UTF-8', async () => {
    const answer = await post(Buffer.from([0x7b, 0xff, 0x7d]));
    expect(answer.body.errors[0].message).toBe('the request body is not UTF-8');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/mixed; boundary=x', 'application/xml'])(
    '%s is refused: a page of another site can make a browser send some of these',
    async (type) => {
      const answer = await post(`{"query":"${VIEWER}"}`, { 'content-type': type, authorization: gateway.as.operator });
      expect(answer.status).toBe(415);
      expect(answer.body.errors[0].message).toContain('must be application/json');
    },
  );

  test('multipart/form-data is read for the operator alone, who says so in a header, and has to hold an operation', async () => {
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    const bob = await post('x', { ...type, authorization: gateway.as.user('bob') });
    expect(bob.status).toBe(403);
    const nobody = await post('x', type);
    expect(nobody.status).toBe(415);
    const operator = await post('x', { ...type, authorization: gateway.as.operator });
    expect(operator.status).toBe(400);
  });

  test('a GET has to carry a header that no other site can set', async () => {
    const url = `${gateway.url}/graphql?query=${encodeURIComponent(VIEWER)}`;
    expect((await fetch(url)).status).toBe(403);
    expect(await (await fetch(url, { headers: { authorization: gateway.as.user('bob') } })).json()).toEqual({
      data: { viewer: { principal: { principalId: 'arn:aws:iam::222222222222:user/bob' } } },
    });
  });

  test('several operations in one request', async () => {
    const { body } = await post(JSON.stringify([{ query: VIEWER }, { query: '{ __typename }' }]));
    expect(body).toEqual([{ data: { viewer: null } }, { data: { __typename: 'Query' } }]);
  });

  test('fields come in the order of the query, whichever is known first', async () => {
    const query = `{ late: decision(request: { principal: "arn:aws:iam::111111111111:user/alice", action: "s3:GetObject", resource: "arn:aws:s3:::dev-alice/x" }) { allowed } early: __typename viewer { __typename } }`;
    const { body } = await gateway.ask(query, { authorization: gateway.as.operator });
    expect(Object.keys(body.data)).toEqual(['late', 'early', 'viewer']);
  });

  test('no origin is let in', async () => {
    const { headers } = await post(JSON.stringify({ query: VIEWER }), { origin: 'https://example.com' });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('queries that ask too much', () => {
  test('60 levels deep', async () => {
    const open = 'account(accountId: "111111111111") { users { nodes { ';
    const deep = `{ ${open}${'account { users { nodes { '.repeat(20)}name${' } } }'.repeat(20)} } } } }`;
    const { body } = await gateway.ask(deep, { authorization: gateway.as.operator });
    expect(body.data ?? null).toBeNull();
    expect(body.errors[0].message).toMatch(/\d/);
  });

  test('100,000 tokens', async () => {
    const { body } = await gateway.ask(`{ ${'viewer { __typename } '.repeat(25_000)} }`, {
      authorization: gateway.as.operator,
    });
    expect(body.data ?? null).toBeNull();
    expect(body.errors[0].message).toMatch(/token/i);
  });
});

describe('other paths', () => {
  test('health and readiness', async () => {
    const health = await fetch(`${gateway.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const readiness = await fetch(`${gateway.url}/readyz`);
    expect([readiness.status, await readiness.json()]).toEqual([200, { status: 'ready' }]);
  });

  test('the root says what is here, and a browser gets the console', async () => {
    expect(await (await fetch(gateway.url)).text()).toBe(
      'Rolegate: GraphQL at /graphql, STS and IAM for clients of AWS at /aws, health at /healthz, readiness at /readyz\n',
    );
    const browser = await fetch(gateway.url, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(browser.status).toBe(200);
    expect(await browser.text()).toContain('<div id="console"></div>');
  });

  test('nothing elsewhere', async () => {
    const response = await fetch(`${gateway.url}/admin`);
    expect(response.status).toBe(404);
    expect((await response.json()).errors[0].message).toBe(
      'there is nothing at `/admin`; GraphQL is at /graphql, STS and IAM at /aws',
    );
  });

  test('a request is named by its sender, or by the gateway', async () => {
    const named = await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': 'abc-123' } });
    expect(named.headers.get('x-request-id')).toBe('abc-123');
    const unnamed = await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': 'a b"c' } });
    expect(unnamed.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
