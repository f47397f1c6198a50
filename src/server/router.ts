import type { IncomingMessage, RequestListener } from 'node:http';
import { Work, type WorkLimits } from '../access/work.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import { type AuthzenRoute, isAuthzenPath, refuse, serveAuthzen, writeSentence } from './authzen-route.ts';
import { type AwsRoute, isForAws, refuseAwsNotReady, serveAws } from './aws-route.ts';
import { refuseUnread } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { GraphiqlTab } from './graphiql/page.ts';
import { sendGraphiqlAsset, sendGraphiqlPage, wantsPage } from './graphiql/routes.ts';
import { type Refusal, writeRefusal } from './graphql-error.ts';
import { type GraphqlRoute, serveGraphql } from './graphql-route.ts';
import { type Phase, sendHealth, sendReadiness } from './health.ts';
import { JWKS_PATH, serveJwks } from './jwks-route.ts';
import type { Log } from './log.ts';
import { type RequestId, requestIdOf } from './request-id.ts';

export interface RouterParts {
  readonly log: Log;
  /** Milliseconds since 1970, now. */
  readonly clock: () => number;
  readonly phase: () => Phase;
  /** Null until the gateway is ready. */
  readonly graphql: () => GraphqlRoute | null;
  /** Null until the gateway is ready. */
  readonly aws: () => AwsRoute | null;
  /** Null until the gateway is ready. */
  readonly jwks: () => Sessions['jwks'] | null;
  /** Null until the gateway is ready. */
  readonly authzen: () => AuthzenRoute | null;
  readonly ping: () => Promise<void>;
  /** How long a request may take; left out: the limits where no others are set. */
  readonly workLimits?: WorkLimits;
  /** Null: no GraphiQL. */
  readonly graphiqlTabs: (() => readonly GraphiqlTab[]) | null;
}

/** All HTTP routes of the gateway: /graphql, /aws for AWS's own clients, AuthZEN, GraphiQL's files, the public keys, /healthz, /readyz, and a short text at /. */
export function createRouter(parts: RouterParts): RequestListener {
  return (request, response) => {
    const url = urlOf(request);
    const given = requestIdOf(request, url !== null && isAuthzenPath(url.pathname));
    const requestId = given.id;
    response.setHeader('x-request-id', requestId);
    if (url === null) {
      refuseUnread(request, response, MALFORMED, requestId);
      return;
    }
    const work = new Work(parts.workLimits);
    const exchange: Exchange = { request, response, url, requestId, now: parts.clock(), work, caller: 'none' };
    const watch = watchTime(exchange);
    // Unlike 'finish', 'close' also comes if the client disconnects before the end of the answer.
    response.once('close', () => {
      clearTimeout(watch.timer);
      work.stop();
      logExchange(exchange, parts);
    });
    route(parts, exchange, given).catch((error: unknown) => {
      // What was under way when it was answered, or when nobody waited any more, has ended by this.
      if (response.closed || response.writableEnded) return;
      if (error instanceof RolegateError && error.code === 'TIMED_OUT') {
        timedOut(exchange, error.message);
        return;
      }
      parts.log.error({ requestId, err: error }, 'request failed');
      failed(exchange);
    });
  };
}

function logExchange(
  { request, response, url, requestId, now, caller }: Exchange,
  { log, clock }: Pick<RouterParts, 'log' | 'clock'>,
): void {
  const { method } = request;
  const path = url.pathname;
  log.info({ requestId, method, path, status: response.statusCode, milliseconds: clock() - now, caller }, 'request');
}

async function route(parts: RouterParts, exchange: Exchange, { malformed }: RequestId): Promise<void> {
  const { request, response, url, requestId } = exchange;
  const path = url.pathname;
  if (path === '/healthz') sendHealth(response);
  else if (path === '/readyz') await sendReadiness(response, parts.phase(), parts.ping);
  else if (path === '/graphql') await graphql(parts, exchange);
  else if (isForAws(request, path)) await aws(parts, exchange);
  else if (path === '/') sendWelcome(parts, exchange);
  else if (path === JWKS_PATH) await jwks(parts, exchange);
  else if (isAuthzenPath(path)) await authzen(parts, exchange, malformed);
  else if (parts.graphiqlTabs === null || !(await sendGraphiqlAsset(request, response, path))) {
    const message = `there is nothing at \`${path.slice(0, 200)}\`; GraphQL is at /graphql, STS and IAM at /aws`;
    refuseUnread(request, response, { status: 404, code: 'NOT_FOUND', message }, requestId);
  }
}

async function graphql(parts: RouterParts, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (wantsPage(request)) {
    if (parts.graphiqlTabs === null) refuseUnread(request, response, GRAPHIQL_IS_OFF, exchange.requestId);
    else await sendGraphiqlPage(response, parts.graphiqlTabs());
    return;
  }
  const graphqlRoute = parts.graphql();
  if (graphqlRoute === null) refuseNotReady(parts, exchange);
  else await serveGraphql(graphqlRoute, exchange);
}

async function aws(parts: RouterParts, exchange: Exchange): Promise<void> {
  const awsRoute = parts.aws();
  if (awsRoute === null) refuseAwsNotReady(exchange, parts.phase());
  else await serveAws(awsRoute, exchange);
}

async function jwks(parts: RouterParts, exchange: Exchange): Promise<void> {
  const read = parts.jwks();
  if (read === null) refuseNotReady(parts, exchange);
  else await serveJwks(read, exchange);
}

async function authzen(parts: RouterParts, exchange: Exchange, malformed: boolean): Promise<void> {
  const authzenRoute = parts.authzen();
  if (malformed) refuse(exchange, MALFORMED_ID);
  else if (authzenRoute === null) refuse(exchange, notReady(parts));
  else await serveAuthzen(authzenRoute, exchange);
}

function refuseNotReady(parts: RouterParts, { request, response, requestId }: Exchange): void {
  refuseUnread(request, response, notReady(parts), requestId);
}

function notReady({ phase }: RouterParts): Refusal {
  const headers = { 'retry-after': '1' };
  return { status: 503, code: 'SERVICE_UNAVAILABLE', message: `the gateway is ${phase()}`, headers };
}

const MALFORMED_ID: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'the header `x-request-id` must have 1 to 256 visible characters of ASCII, and be sent once',
};

const MALFORMED: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'the request line or the `host` header is malformed',
};

const GRAPHIQL_IS_OFF: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'GraphiQL is switched off here; GraphQL requests are answered at this address',
};

function sendWelcome(parts: RouterParts, { request, response }: Exchange): void {
  if (parts.graphiqlTabs !== null && wantsPage(request)) {
    response.writeHead(302, { location: '/graphql', 'content-length': 0 });
    response.end();
    return;
  }
  const text =
    'Rolegate: GraphQL at /graphql, STS and IAM for clients of AWS at /aws, health at /healthz, readiness at /readyz\n';
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers a request that has taken too long, wherever it hangs. */
function watchTime(exchange: Exchange): { timer: NodeJS.Timeout } {
  const { work } = exchange;
  // The body is still to come, or the time is known.
  const again = (): NodeJS.Timeout => setTimeout(look, Math.min(work.left, work.limit, LONGEST_TIMER) + 100).unref();
  const look = (): void => {
    if (work.left > 0) watch.timer = again();
    else timedOut(exchange, work.timedOut().message);
  };
  const watch = { timer: again() };
  return watch;
}

/** A timer with a longer time would go off at once. */
const LONGEST_TIMER = 2_000_000_000;

function timedOut({ request, response, requestId, url, work }: Exchange, message: string): void {
  work.stop();
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const write = isAuthzenPath(url.pathname) ? writeSentence : writeRefusal;
  const refusal = { status: 503, code: 'TIMED_OUT', message, headers: { 'retry-after': '1', connection: 'close' } };
  write(response, refusal, requestId);
  response.end();
  request.resume();
}

function failed({ response, requestId, url }: Exchange): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const write = isAuthzenPath(url.pathname) ? writeSentence : writeRefusal;
  write(response, { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.' }, requestId);
  response.end();
}

/** Null if the path or the host is malformed. Both are checked because Yoga builds its URL from them. */
function urlOf(request: IncomingMessage): URL | null {
  const { url: path = '', headers } = request;
  const host = headers.host ?? 'localhost';
  if (!path.startsWith('/') || !/^[A-Za-z0-9.\-_[\]:]+$/.test(host)) return null;
  const url = `http://${host}${path}`;
  return URL.canParse(url) ? new URL(url) : null;
}
