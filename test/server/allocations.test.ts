import type { IncomingMessage, ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Work } from '../../src/access/work.ts';
import { createContext, type GatewayServices, type RequestFacts } from '../../src/graphql/context.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { answerCommonWith } from '../../src/server/common-request.ts';
import type { Exchange } from '../../src/server/exchange.ts';
import { createLog } from '../../src/server/log.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { startedGateway } from '../support/gateway.ts';

// What a single request leaves for the garbage collector, between its parsed body and its answer. Bytes do not depend on how fast a machine is: a
// road that makes promises, paths or copies again that it had been rid of is seen here. The bounds are half as much again as was measured.

const started = startedGateway();

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void; // as: the flag defines it

/** Few enough that no collection comes between: they fit into the youngest part of the heap. */
const REQUESTS = 60;

/** The least bytes that a request, or one of its `decisions`, took, over several rounds: what else happens in the process only adds. */
async function bytesOf(ask: () => unknown, decisions: number): Promise<number> {
  const requests = Math.ceil(REQUESTS / decisions);
  // Warm: compiled, and everything in memory.
  for (let n = 0; n < Math.ceil(200_000 / (99 + decisions)); n++) await ask();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 15; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < requests; n++) await ask();
    const bytes = (process.memoryUsage().heapUsed - before) / (requests * decisions);
    if (bytes > 0) least = Math.min(least, bytes);
  }
  return least;
}

const DECISION = `query ($request: AccessRequestInput!) { decision(request: $request) { effect } }`;
const request = {
  principal: 'arn:aws:iam::111111111111:user/alice',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::reports/a',
};

const MANY = `query ($principal: PrincipalId!, $checks: [CheckInput!]!) { decisionsFor(principal: $principal, checks: $checks) { effect deniedBy } }`;
const { principal, action } = request;
const checks = Array.from({ length: 1_000 }, (_, n) => ({ action, resource: `${request.resource}${n}` }));

test.each([
  ['{ __typename }', { query: '{ __typename }' }, 1, 8_600],
  ['decision { effect }', { query: DECISION, variables: { request } }, 1, 40_000],
  ['each of 1,000 decisionsFor { effect deniedBy }', { query: MANY, variables: { principal, checks } }, 1_000, 2_900],
])('%s', async (_what, body, decisions, most) => {
  const { services } = started.gateway;
  // as: no change is asked for
  const ofSchema: GatewayServices = { ...services, understandFiles: null as never };
  const answer = answerCommonWith({
    schema: buildSchema(),
    contextOf: (facts, one) => createContext(ofSchema, facts, one),
    reports: { log: createLog('silent') },
  });
  let sent = '';
  // as: all that is used of a response
  const response = {
    getHeader: () => undefined,
    writeHead: () => undefined,
    end: (text: string | Buffer) => (sent = String(text)),
  } as unknown as ServerResponse;
  const ask = (): unknown => {
    const incoming = { method: 'POST', headers: {} } as IncomingMessage; // as: all that is used of a request
    const work = new Work();
    const exchange: Exchange = {
      request: incoming,
      response,
      path: '/graphql',
      requestId: 'r',
      now: 0,
      began: 0,
      work,
      caller: 'none',
    };
    const facts: RequestFacts = {
      requestId: 'r',
      caller: { kind: 'operator' },
      now: Date.now(),
      origin: UNKNOWN_ORIGIN,
      signInCookie: { keep: () => undefined, forget: () => undefined },
      work,
    };
    return answer(exchange, facts, body);
  };
  const bytes = await bytesOf(ask, decisions);
  expect(sent).toMatch(/^\{"data":\{/);
  expect(bytes).toBeLessThan(most);
});
