import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Work } from '../../src/access/work.ts';
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

beforeAll(async () => {
  const router = createRouter({
    log: createLog('silent'),
    clock: Date.now,
    phase: () => 'ready',
    graphql: () => route,
    aws: () => null,
    jwks: () => null,
    authzen: () => null,
    maintenance: () => null,
    ping: async () => undefined,
    workLimits: {
      get time() {
        return limit;
      },
      cpu: 1_000_000,
    },
    graphiqlTabs: null,
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
