import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOfWith } from '../../src/server/public-address.ts';
import { MAP } from '../authzen/world.ts';
import { startedGateway } from '../support/gateway.ts';
import { cookieOf, exchange, type Sent, signInCookieNameAt, type ToSend } from './exchange.ts';

const PROXY = '127.0.0.9';
const folder = mkdtempSync(join(tmpdir(), 'rolegate-authzen-'));
writeFileSync(join(folder, 'map.json'), JSON.stringify(MAP));
afterAll(() => rmSync(folder, { recursive: true }));
const gateway = startedGateway({
  ROLEGATE_TRUSTED_PROXIES: PROXY,
  ROLEGATE_AUTHZEN_MAP: join(folder, 'map.json'),
});
const EVALUATION = '/access/v1/evaluation';
const METADATA = '/.well-known/authzen-configuration';
const ALICE = 'arn:aws:iam::111111111111:user/alice';

const body = {
  subject: { type: 'user', id: ALICE },
  action: { name: 's3:GetObject' },
  resource: { type: 'object', id: 'arn:aws:s3:::dev-alice/results.csv' },
};

interface ToAsk extends Omit<ToSend, 'body'> {
  readonly body?: unknown;
  readonly authorization?: string | null;
}

function ask(path: string, toAsk: ToAsk = {}): Promise<Sent> {
  const { body: sent = body, authorization = gateway.as.operator, headers, ...rest } = toAsk;
  const credentials = authorization === null ? {} : { authorization };
  return exchange(`${gateway.url}${path}`, {
    ...rest,
    headers: { 'content-type': 'application/json', ...credentials, ...headers },
    body: typeof sent === 'string' ? sent : JSON.stringify(sent),
  });
}

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

describe('credentials', () => {
  test('of the operator, of a user, and of a role session', async () => {
    expect((await ask(EVALUATION)).body.decision).toBe(true);
    expect((await ask(EVALUATION, { authorization: gateway.as.user('alice') })).body.decision).toBe(true);
    const role = 'arn:aws:iam::222222222222:role/DataWriter';
    const assumed = await gateway.ask(
      `mutation { assumeRole(input: { role: "${role}", roleSessionName: "alice" }) { ... on AssumeRoleSuccess { credentials { sessionToken } } } }`,
      { authorization: gateway.as.user('alice') },
    );
    const authorization = `Bearer ${assumed.body.data.assumeRole.credentials.sessionToken}`;
    const subject = { type: 'session', id: 'arn:aws:sts::222222222222:assumed-role/DataWriter/alice' };
    const mine = await ask(EVALUATION, { authorization, body: { ...body, subject } });
    expect([mine.status, mine.body.decision]).toEqual([200, false]);
    expect(mine.body.context.reason).toContain('assumed-role/DataWriter/alice is not authorized');
    // It has no right to ask about others.
    const others = await ask(EVALUATION, { authorization });
    expect([others.status, others.body]).toEqual([
      403,
      `asking about \`${ALICE}\` needs iam:SimulatePrincipalPolicy on it, which you are not allowed`,
    ]);
    await gateway.ask('mutation { exitRole { __typename } }', { authorization });
    const left = await ask(EVALUATION, { authorization, body: { ...body, subject } });
    expect([left.status, left.headers['www-authenticate']]).toEqual([401, expect.stringMatching(/^Bearer /)]);
  });

  test.each([
    ['none', null],
    ['an empty header', ''],
    ['a token that is none', 'Bearer hunter2hunter2'],
    ['another scheme', 'Digest hunter2'],
  ])('%s: 401 with a challenge and a sentence', async (_name, authorization) => {
    const { status, headers, body: said, text } = await ask(EVALUATION, { authorization });
    expect([status, headers['content-type'], typeof said]).toEqual([401, 'application/json', 'string']);
    expect(headers['www-authenticate']).toMatch(/^Bearer realm="rolegate"/);
    expect(text).not.toContain('hunter2');
  });

  test('a browser’s cookie is none, and is left as it is', async () => {
    const signIn = gateway.gateway.demo?.signIns.find(({ name }) => name === 'alice');
    const variables = { input: { accessKeyId: signIn?.accessKeyId, secretAccessKey: signIn?.secretAccessKey } };
    const query = 'mutation($input: SignInInput!) { signIn(input: $input) { __typename } }';
    const signedIn = await exchange(`${gateway.url}/graphql`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const name = signInCookieNameAt(gateway.url);
    const cookie = `${name}=${cookieOf(signedIn, name)?.value}`;
    const viewer = await exchange(`${gateway.url}/graphql`, {
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ query: '{ viewer { principal { principalId } } }' }),
    });
    expect(viewer.body.data.viewer.principal.principalId).toBe(ALICE);
    for (const sent of [cookie, `${name}=stale`]) {
      const { status, headers } = await ask(EVALUATION, { authorization: null, headers: { cookie: sent } });
      expect([status, headers['set-cookie']]).toEqual([401, undefined]);
    }
    // Nor does it stand for another caller beside a header.
    const others = { ...body, subject: { type: 'user', id: 'arn:aws:iam::111111111111:user/nobody' } };
    const asUser = await ask(EVALUATION, {
      authorization: gateway.as.user('alice'),
      headers: { cookie },
      body: others,
    });
    expect(asUser.status).toBe(403);
  });

  test('guessing is slowed down: 429 with the time to wait', async () => {
    const from = '127.0.0.77';
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const guess = basic('AKIADEMOALICEAAAAAAA', `wrong-${n}-hunter2`);
      statuses.push((await ask(EVALUATION, { from, authorization: guess })).status);
    }
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    const paused = await ask(EVALUATION, { from, authorization: basic('AKIADEMOALICEAAAAAAA', 'x') });
    expect([paused.status, paused.body]).toEqual([429, expect.stringMatching(/^Rate exceeded: /)]);
    expect(Number(paused.headers['retry-after'])).toBeGreaterThan(0);
    // Another address goes on.
    expect((await ask(EVALUATION, { authorization: gateway.as.user('alice') })).status).toBe(200);
  });
});

describe('the id of a request', () => {
  test.each([
    ['a UUID', 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716'],
    ['signs', '!"#$%&\'()*+,/:;<=>?@[\\]^`{|}~'],
    ['256 characters', 'x'.repeat(256)],
  ])('comes back: %s', async (_name, id) => {
    const { status, headers } = await ask(EVALUATION, { headers: { 'x-request-id': id } });
    expect([status, headers['x-request-id']]).toEqual([200, id]);
    // With refusals, too.
    const refused = await ask(EVALUATION, { headers: { 'x-request-id': id }, authorization: null });
    expect([refused.status, refused.headers['x-request-id']]).toEqual([401, id]);
    const metadata = await ask(METADATA, { method: 'GET', headers: { 'x-request-id': id } });
    expect(metadata.headers['x-request-id']).toBe(id);
  });

  test.each([
    ['257 characters', 'x'.repeat(257)],
    ['a blank', 'a b'],
    ['a letter that is not ASCII', 'ä'],
    ['a tab', 'a\tb'],
    ['two of them', ['a', 'b']],
  ])('that could not come back is 400: %s', async (_name, id) => {
    const { status, headers, body: said } = await ask(EVALUATION, { headers: { 'x-request-id': id } });
    expect([status, said]).toEqual([
      400,
      expect.stringContaining('`x-request-id` must have 1 to 256 visible characters'),
    ]);
    expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });

  test('of other routes stays as it was', async () => {
    for (const id of ['a:b', 'x'.repeat(129), 'a b']) {
      const { status, headers } = await exchange(`${gateway.url}/healthz`, {
        method: 'GET',
        headers: { 'x-request-id': id },
      });
      expect([status, headers['x-request-id']]).toEqual([200, expect.stringMatching(/^[\w-]{36}$/)]);
    }
  });
});

describe('requests that are not of the form', () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const withContext = (context: string): string =>
    JSON.stringify({ ...body, context: 0 }).replace('"context":0', `"context":${context}`);

  test.each([
    ['no JSON', '{nope', /^`body` is not JSON/],
    ['nothing', '', /^`body` is empty/],
    ['a list', '[]', /must be an object$/],
    ['a string', '"x"', /must be an object$/],
    ['null', 'null', /must be an object$/],
    ['deeply nested', withContext(`{"a":${deep(40)}}`), /nested more than 32 levels deep$/],
    ['endlessly nested', '['.repeat(100_000), /nested more than 32 levels deep$/],
    ['too many objects', `[${'{},'.repeat(200_001)}0]`, /holds more than 200,000 objects and lists$/],
    ['a member twice', withContext('{"a:b":1,"a:b":2}'), /two members with the same name$/],
  ])('%s: 400', async (_name, sent, message) => {
    const answer = await ask(EVALUATION, { body: sent });
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
      400,
      'application/json',
      expect.stringMatching(message),
    ]);
  });

  test.each([
    [
      'another content type',
      { 'content-type': 'application/xml' },
      /must be application\/json; it is `application\/xml`$/,
    ],
    ['none', { 'content-type': '' }, /must be application\/json; there is none$/],
    ['compressed', { 'content-encoding': 'gzip' }, /must not be compressed/],
  ])('%s: 400, too', async (_name, headers, message) => {
    const answer = await ask(EVALUATION, { headers });
    expect([answer.status, answer.body]).toEqual([400, expect.stringMatching(message)]);
  });

  test('a charset and capitals are part of the content type', async () => {
    const answer = await ask(EVALUATION, { headers: { 'content-type': 'Application/JSON; charset=utf-8' } });
    expect(answer.status).toBe(200);
  });

  test('bytes that are not UTF-8', async () => {
    const response = await fetch(`${gateway.url}${EVALUATION}`, {
      method: 'POST',
      headers: { authorization: gateway.as.operator, 'content-type': 'application/json' },
      body: new Uint8Array([0x7b, 0xff, 0x7d]),
    });
    expect([response.status, await response.json()]).toEqual([400, 'the request body is not UTF-8']);
  });

  test('more than 4 MiB, also of the operator: 413, unread', async () => {
    const { status, body: said } = await new Promise<{ status: number; body: unknown }>((resolve, reject) => {
      const { port, hostname } = new URL(gateway.url);
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST ${EVALUATION} HTTP/1.1\r\nhost: x\r\nauthorization: ${gateway.as.operator}\r\ncontent-type: application/json\r\ncontent-length: 4194305\r\n\r\n`,
        );
      });
      let text = '';
      socket.setEncoding('utf8').on('data', (part) => {
        text += part;
        const at = text.indexOf('\r\n\r\n');
        if (at < 0 || !text.endsWith('"')) return;
        socket.destroy();
        resolve({ status: Number(text.slice(9, 12)), body: JSON.parse(text.slice(at + 4)) });
      });
      socket.once('error', reject);
    });
    expect([status, said]).toEqual([413, 'the request body is larger than the 4 MiB that may be sent']);
  });

  test('other methods are 405, and what is not there 404', async () => {
    const got = await ask(EVALUATION, { method: 'GET', body: '' });
    expect([got.status, got.headers['allow'], got.body]).toEqual([405, 'POST', 'this address takes POST']);
    const posted = await ask(METADATA, { body: '' });
    expect([posted.status, posted.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await ask('/access/v1/search')).status).toBe(404);
    expect((await ask(`${EVALUATION}/`)).status).toBe(404);
  });
});

describe('answers', () => {
  test('are kept by nobody', async () => {
    const { headers } = await ask(EVALUATION);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const refused = await ask(EVALUATION, { body: '{}' });
    expect(refused.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test('are those of GraphQL’s `decision`', async () => {
    const { body: said } = await gateway.ask(
      `{ decision(request: { principal: "${ALICE}", action: "s3:GetObject", resource: "${body.resource.id}" }) { allowed effect reason missingContextKeys } }`,
      { authorization: gateway.as.operator },
    );
    const { allowed, ...context } = said.data.decision;
    expect((await ask(EVALUATION)).body).toEqual({
      decision: allowed,
      context: { ...context, revision: expect.stringMatching(/^r\d+$/) },
    });
  });
});

describe('metadata', () => {
  let throughProxy: (headers: Record<string, string>) => Promise<Sent>;
  beforeAll(() => {
    throughProxy = (headers) => ask(METADATA, { method: 'GET', authorization: null, from: PROXY, headers });
  });
  const TLS = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'pdp.example.com' };

  test('have the address that a trusted proxy says, for anybody, whatever is wrong with credentials', async () => {
    const { status, headers, body: said } = await throughProxy(TLS);
    expect([status, said.policy_decision_point]).toEqual([200, 'https://pdp.example.com']);
    expect(said.search_action_endpoint).toBe('https://pdp.example.com/access/v1/search/action');
    // Shared caches go by the address that was asked, and not by what a proxy says.
    expect(headers['cache-control']).toBe('private, max-age=300');
    const wrong = await throughProxy({ ...TLS, authorization: 'Bearer hunter2' });
    expect(wrong.status).toBe(200);
    const head = await ask(METADATA, { method: 'HEAD', from: PROXY, headers: TLS });
    expect([head.status, head.text, Number(head.headers['content-length'])]).toEqual([200, '', expect.any(Number)]);
  });

  test.each<readonly [string, Record<string, string>, string | undefined]>([
    ['nobody says it', {}, undefined],
    ['only a client says it', TLS, undefined],
    ['the proxy speaks no TLS', { ...TLS, 'x-forwarded-proto': 'http' }, PROXY],
    ['the proxy says no name that could be one', { ...TLS, 'x-forwarded-host': 'evil.example.com/path' }, PROXY],
    [
      'the proxy adds its name to that of the client',
      { ...TLS, 'x-forwarded-host': 'evil.example.com, pdp.example.com' },
      PROXY,
    ],
    ['the proxy says no name, but a user', { ...TLS, 'x-forwarded-host': 'user@evil.example.com' }, PROXY],
  ])('are not there where %s', async (_name, headers, from) => {
    const { status, body: said } = await ask(METADATA, {
      method: 'GET',
      headers,
      ...(from === undefined ? {} : { from }),
    });
    expect([status, said]).toEqual([
      404,
      expect.stringMatching(/^this gateway does not know its https address: set ROLEGATE_PUBLIC_URL/),
    ]);
  });

  test('the setting counts before the proxy, and the proxy before the table', () => {
    const from = (remoteAddress: string) => ({
      header: (name: string) => ({ host: 'x', ...TLS })[name] ?? null,
      remoteAddress,
      encrypted: false,
    });
    const isTrustedProxy = (address: string): boolean => address === PROXY;
    const addressOf = (publicUrl: string | null, otherwise: string | null, remoteAddress: string) =>
      addressOfWith({ publicUrl, otherwise, isTrustedProxy })(from(remoteAddress));
    expect(addressOf('https://set.example.com', 'https://table.example.com', PROXY)).toBe('https://set.example.com');
    expect(addressOf(null, 'https://table.example.com', PROXY)).toBe('https://pdp.example.com');
    expect(addressOf(null, 'https://table.example.com', '192.0.2.1')).toBe('https://table.example.com');
    expect(addressOf(null, null, '192.0.2.1')).toBeNull();
  });
});

describe('requests of any form have an answer', () => {
  const names = fc.constantFrom(
    'alice',
    'plan',
    'x',
    '',
    '*',
    ALICE,
    'ec2.amazonaws.com',
    '\0',
    '\ud800',
    '__proto__',
    '../x',
    'arn:aws:s3:::',
  );
  const text = fc.oneof(names, fc.string({ unit: 'binary', maxLength: 20 }));
  const type = fc.constantFrom('user', 'principal', 'doc', 'queue', 'any', 'constructor', '__proto__');
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(null, 0, -1, 1e308, '', [], {}, [[]], true));
  const properties = fc.dictionary(text, fc.oneof(text, junk), { maxKeys: 4 });
  const often = <T>(usual: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: junk });
  const entity = fc.record({ type: often(type), id: often(text), properties: often(properties) }, { requiredKeys: [] });
  const actionName = fc.oneof(
    fc.constantFrom('read', 'send', 's3:GetObject', 's3:*', 'iam:PassRole', ':', '__proto__'),
    text,
  );
  const action = fc.record({ name: often(actionName), properties: often(properties) }, { requiredKeys: [] });
  const contextKey = fc.oneof(
    fc.constantFrom('aws:SourceIp', 'aws:PrincipalTag/a', 'aws:CurrentTime', 'a:b', ':', 'time'),
    text,
  );
  const context = fc.dictionary(contextKey, fc.oneof(text, junk), { maxKeys: 4 });
  const asked = { subject: often(entity), action: often(action), resource: often(entity), context: often(context) };
  const token = fc.oneof(
    text,
    fc.tuple(text, fc.integer(), text).map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
  );
  const page = fc.record({ token: often(token), limit: often(fc.integer({ min: -1, max: 5 })) }, { requiredKeys: [] });
  const semantic = fc.constantFrom('execute_all', 'deny_on_first_deny', 'permit_on_first_permit', 'toString');
  const request = fc.record(
    {
      ...asked,
      page: often(page),
      evaluations: often(fc.array(often(fc.record(asked, { requiredKeys: [] })), { maxLength: 4 })),
      options: often(fc.record({ evaluations_semantic: often(semantic) }, { requiredKeys: [] })),
    },
    { requiredKeys: [] },
  );
  const filled = text.filter((each) => each !== '' && !each.includes('\0'));
  const wellFormed = fc.record({ type, id: filled, properties }, { requiredKeys: ['type', 'id'] });
  const complete = fc.record(
    {
      subject: wellFormed,
      action: fc.record({ name: actionName.filter((each) => each !== ''), properties }, { requiredKeys: ['name'] }),
      resource: wellFormed,
      context,
      page: fc.record({ limit: fc.nat({ max: 5 }) }),
    },
    { requiredKeys: ['subject', 'action', 'resource'] },
  );
  const bodies = fc.oneof(request, complete, complete).map((value) => JSON.stringify(value));
  const path = fc.constantFrom('evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action');

  test('and never is it 500', async () => {
    await fc.assert(
      fc.asyncProperty(path, bodies, fc.boolean(), async (where, sent, asOperator) => {
        const authorization = asOperator ? gateway.as.operator : gateway.as.user('alice');
        const { status, body: said } = await ask(`/access/v1/${where}`, { body: sent, authorization });
        expect([200, 400, 403]).toContain(status);
        expect(typeof said).toBe(status === 200 ? 'object' : 'string');
      }),
      { numRuns: 400 },
    );
    expect(({} as Record<string, unknown>)['properties']).toBeUndefined();
  });
});
