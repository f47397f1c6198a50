import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Work } from '../../src/access/work.ts';
import type { Door } from '../../src/authzen/door.ts';
import { NO_NAMES } from '../../src/authzen/names.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { AuthzenRoute } from '../../src/server/authzen-route.ts';
import type { AwsRoute } from '../../src/server/aws-route.ts';
import type { GraphqlRoute } from '../../src/server/graphql-route.ts';
import { type HttpServer, listen } from '../../src/server/http-server.ts';
import { createLog } from '../../src/server/log.ts';
import { createRouter } from '../../src/server/router.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { exchange } from './exchange.ts';

// Requests that are never answered by what they ask: a router over a route that does what each test chooses.

let server: HttpServer;
let answer: (work: Work) => Promise<void>;
let limit: number;

const route: GraphqlRoute = {
  admit: async (_head, { requestId, now, work }) => ({
    requestId,
    now,
    caller: { kind: 'operator' },
    origin: UNKNOWN_ORIGIN,
    signInCookie: { keep: () => undefined, forget: () => undefined },
    ...(work !== undefined && { work }),
  }),
  answer: async (_exchange, { work }) => {
    if (work === undefined) throw new Error('a request without work');
    await answer(work);
  },
  uploads: null,
};

const never = () => new Promise<never>(() => undefined);

/** AWS's door, where a web identity is looked at for ever. */
const aws = {
  // as: the operation uses no other service
  services: {
    sessions: { assumeRoleWithWebIdentity: never },
    access: { during: () => ({}) },
    directory: { history: { beforeChange: () => Promise.resolve() } },
  },
  isTrustedProxy: () => false,
  log: createLog('silent'),
} as unknown as AwsRoute;

/** AuthZEN's door, where a decision is waited for for ever. */
const catalog = await openCatalog();
const authzen: AuthzenRoute = {
  admit: route.admit,
  doorOf: (facts, request) => ({
    // as: an evaluation uses nothing else
    context: {
      ...facts,
      request,
      catalog,
      access: { isAboutPattern: () => false, decideEach: never },
    } as unknown as Door['context'],
    table: NO_NAMES,
  }),
  addressOf: () => null,
};

beforeAll(async () => {
  const router = createRouter({
    log: createLog('silent'),
    clock: Date.now,
    phase: () => 'ready',
    graphql: () => route,
    aws: () => aws,
    jwks: () => null,
    authzen: () => authzen,
    maintenance: () => null,
    ping: async () => undefined,
    workLimits: {
      get time() {
        return limit;
      },
      cpu: 1_000_000,
    },
    graphiqlTabs: null,
    consoleFacts: null,
  });
  server = await listen('127.0.0.1', 0, router);
});
afterAll(() => server.stop());
beforeEach(() => {
  limit = 100;
});

const BODY = '{"query":"{ viewer { kind } }"}';
const post = () => exchange(`${server.url}/graphql`, { headers: { 'content-type': 'application/json' }, body: BODY });

test('a request that hangs is answered when its time is over, and its work ends', async () => {
  let stopped = false;
  answer = (work) =>
    new Promise((resolve) => {
      work.onStop(() => {
        stopped = true;
        resolve();
      });
    });
  const { status, headers, text } = await post();
  expect([status, headers['retry-after'], headers['connection']]).toEqual([503, '1', 'close']);
  expect(JSON.parse(text).errors[0]).toMatchObject({
    message: 'the request takes longer than 0.1 seconds, which is the limit: ask for less',
    extensions: { code: 'TIMED_OUT' },
  });
  expect(stopped).toBe(true);
});

test('work that looks at its time ends with the same answer', async () => {
  answer = async (work) => {
    for (;;) await work.rest();
  };
  const { status, text } = await post();
  expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([503, 'TIMED_OUT']);
});

test('a body that needs more processor time than a request may have is refused, and no fault', async () => {
  answer = async (work) => {
    work.spend({ began: performance.now() - 1_000_001, used: null });
    work.check();
  };
  const { status, text } = await post();
  expect(status).toBe(413);
  expect(JSON.parse(text).errors[0]).toMatchObject({
    message: 'the request needs more than 1000 seconds of processor time, which is the limit: ask for less',
    extensions: { code: 'LIMIT_EXCEEDED' },
  });
});

test('work ends when the client has gone', async () => {
  limit = 1_000_000;
  const ended = new Promise<unknown>((resolve) => {
    answer = async (work) => {
      socket.destroy();
      try {
        for (;;) await work.rest();
      } catch (error) {
        resolve(error);
      }
    };
  });
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
  );
  expect(await ended).toMatchObject({ code: 'CANCELLED' });
});

const WEB_IDENTITY = new URLSearchParams({
  Action: 'AssumeRoleWithWebIdentity',
  Version: '2011-06-15',
  RoleArn: 'arn:aws:iam::111111111111:role/r',
  RoleSessionName: 'session',
  WebIdentityToken: 'token',
}).toString();

test('at the door of AWS the answer is in its form, as its clients send it again', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, headers: answered, text } = await exchange(`${server.url}/aws`, { headers, body: WEB_IDENTITY });
  expect([status, answered['retry-after'], answered['connection']]).toEqual([503, '1', 'close']);
  expect(answered['content-type']).toBe('text/xml');
  expect(text).toContain('<Type>Receiver</Type><Code>ServiceUnavailable</Code>');
  expect(text).toContain(
    '<Message>the request takes longer than 0.1 seconds, which is the limit: ask for less</Message>',
  );
  expect(text).toContain(`<RequestId>${String(answered['x-amzn-requestid'])}</RequestId></ErrorResponse>`);
});

test('and as JSON for clients that read it', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const { status, headers: answered, body } = await exchange(`${server.url}/aws`, { headers, body: WEB_IDENTITY });
  expect(status).toBe(503);
  expect(body).toMatchObject({
    Error: { Type: 'Receiver', Code: 'ServiceUnavailable' },
    RequestId: answered['x-amzn-requestid'],
  });
});

test('at the door of AuthZEN the answer is a sentence', async () => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer x', 'x-request-id': 'mine' };
  const asked = {
    subject: { type: 'principal', id: 'arn:aws:iam::111111111111:user/u' },
    action: { name: 's3:GetObject' },
    resource: { type: 'arn', id: 'arn:aws:s3:::bucket/a' },
  };
  const sent = { headers, body: JSON.stringify(asked) };
  const { status, headers: answered, body } = await exchange(`${server.url}/access/v1/evaluation`, sent);
  expect([status, answered['x-request-id'], answered['retry-after']]).toEqual([503, 'mine', '1']);
  expect(body).toBe('the request takes longer than 0.1 seconds, which is the limit: ask for less');
});
