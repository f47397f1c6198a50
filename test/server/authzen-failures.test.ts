import { afterAll, beforeAll, expect, test } from 'vitest';
import { RolegateError } from '../../src/policy/errors.ts';
import type { AuthzenRoute } from '../../src/server/authzen-route.ts';
import { type HttpServer, listen } from '../../src/server/http-server.ts';
import { createLog } from '../../src/server/log.ts';
import { createRouter } from '../../src/server/router.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { exchange } from './exchange.ts';

// What is answered when the gateway itself fails: a router over a route whose failure each test chooses.

let server: HttpServer;
let failure: Error | null;

const route: AuthzenRoute = {
  admit: async (_head, { requestId, now }) => ({
    requestId,
    now,
    caller: { kind: 'operator' },
    origin: UNKNOWN_ORIGIN,
    signInCookie: { keep: () => undefined, forget: () => undefined },
  }),
  doorOf: () => {
    throw failure ?? new Error('no failure was chosen');
  },
  addressOf: () => null,
};

beforeAll(async () => {
  const router = createRouter({
    log: createLog('silent'),
    clock: Date.now,
    phase: () => 'starting',
    graphql: () => null,
    aws: () => null,
    jwks: () => null,
    authzen: () => (failure === null ? null : route),
    maintenance: () => null,
    ping: async () => undefined,
    graphiqlTabs: null,
    consoleFacts: null,
  });
  server = await listen('127.0.0.1', 0, router);
});
afterAll(() => server.stop());

test.each([
  ['the gateway has not started yet', null, 503, '1', 'the gateway is starting'],
  [
    'the database does not answer',
    new RolegateError('DIRECTORY_UNAVAILABLE', 'the directory cannot be read now'),
    503,
    '1',
    'the directory cannot be read now',
  ],
  ['the directory keeps changing', new RolegateError('CONFLICT', 'try again'), 503, '1', 'try again'],
  ['something unexpected is wrong', new Error('hunter2'), 500, undefined, 'Unexpected error.'],
  [
    'an error has no meaning here',
    new RolegateError('EntityAlreadyExists', 'hunter2'),
    500,
    undefined,
    'Unexpected error.',
  ],
])('%s: a status, and a sentence', async (_name, chosen, status, retryAfter, sentence) => {
  failure = chosen;
  const sent = await exchange(`${server.url}/access/v1/evaluation`, {
    headers: { authorization: 'Bearer x', 'content-type': 'application/json', 'x-request-id': 'a:b' },
    body: '{}',
  });
  expect([sent.status, sent.body]).toEqual([status, sentence]);
  expect(sent.headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'a:b' });
  expect(sent.headers['retry-after']).toBe(retryAfter);
});
