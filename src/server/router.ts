import type { IncomingMessage, RequestListener } from 'node:http';
import { Work, type WorkLimits } from '../access/work.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import { type AuthzenRoute, isAuthzenPath, refuse, serveAuthzen, writeSentence } from './authzen-route.ts';
import { type AwsRoute, isForAws, refuseAws, refuseAwsNotReady, serveAws, writeAwsTimedOut } from './aws-route.ts';
import { refuseUnread } from './body.ts';
import { sendConsoleFile, sendConsolePage } from './console/routes.ts';
import type { ConsoleFacts } from './console/shell.ts';
import { allowCrossOrigin, type IsAllowedOrigin, NO_ORIGIN } from './cross-origin.ts';
import type { Exchange } from './exchange.ts';
import type { GraphiqlTab } from './graphiql/page.ts';
import { sendGraphiqlAsset, sendGraphiqlPage, wantsPage } from './graphiql/routes.ts';
import { type Refusal, refusedAs, writeRefusal } from './graphql-error.ts';
import { type GraphqlRoute, serveGraphql } from './graphql-route.ts';
import { type Phase, sendHealth, sendReadiness } from './health.ts';
import { JWKS_PATH, serveJwks } from './jwks-route.ts';
import type { Log } from './log.ts';
import { isMaintenancePath, type MaintenanceRoute, serveMaintenance } from './maintenance-route.ts';
import type { Meter } from './meter.ts';
import { type MetricsRoute, serveMetrics } from './metrics/metrics-route.ts';
import { METRICS_PATH } from './metrics/scrape.ts';
import { OpenExchanges } from './open-exchanges.ts';
import type { RefusalLog } from './refusal-log.ts';
import { repeatedHeader } from './request-head.ts';
import { type RequestId, requestIdOf } from './request-id.ts';
import { isSchemaFile, serveSchemaFile } from './schema-files.ts';
import type { Tracer } from './tracer.ts';

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
  /** Null until the gateway is ready. */
  readonly maintenance: () => MaintenanceRoute | null;
  readonly ping: () => Promise<void>;
  /** Told of each request when it comes; left out: nobody is. */
  readonly onRequest?: () => void;
  /** Null until the gateway is ready, and where metrics are not read here; left out: never. */
  readonly metrics?: () => MetricsRoute | null;
  /** Left out: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** Left out: nothing is measured. */
  readonly meter?: Meter | null;
  /** Left out: refusals are not logged. */
  readonly refusals?: RefusalLog | null;
  /** How long a request may take; left out: the limits where no others are set. */
  readonly workLimits?: WorkLimits;
  /** Origins whose pages may ask GraphQL and AuthZEN; left out: none. */
  readonly isAllowedOrigin?: IsAllowedOrigin;
  /** Null: no GraphiQL. */
  readonly graphiqlTabs: (() => readonly GraphiqlTab[]) | null;
  /** Null: no console. */
  readonly consoleFacts: (() => ConsoleFacts) | null;
}

/**
 * All HTTP routes of the gateway: /graphql, /aws for AWS's own clients, AuthZEN, the public keys, the schema's files, /healthz, /readyz,
 * the pages and files of the console and of GraphiQL, and for programs a short text at /.
 */
export function createRouter(parts: RouterParts): RequestListener {
  const logs = parts.log.isLevelEnabled('info');
  const { isAllowedOrigin = NO_ORIGIN, meter = null, tracer = null, refusals = null, onRequest } = parts;
  const open = new OpenExchanges({
    late: (exchange) => timedOut(exchange, exchange.work.timedOut().message),
    ended: (exchange) => {
      if (logs) logExchange(exchange, parts);
      refusals?.ended(exchange);
      if (meter !== null) measure(meter, exchange);
      tracer?.ended(exchange);
    },
  });
  return (request, response) => {
    onRequest?.();
    const path = pathOf(request);
    const given = requestIdOf(request, path !== null && isAuthzenPath(path));
    const requestId = given.id;
    if (path === null) {
      response.setHeader('x-request-id', requestId);
      refuseUnread(request, response, MALFORMED, requestId);
      return;
    }
    const work = new Work(parts.workLimits);
    const exchange: Exchange = {
      request,
      response,
      path,
      requestId,
      now: parts.clock(),
      began: meter === null ? 0 : performance.now(),
      work,
      caller: 'none',
    };
    open.add(exchange);
    if (isAllowedOrigin !== NO_ORIGIN && isForPages(path) && allowCrossOrigin(isAllowedOrigin, exchange)) return;
    const repeated = repeatedHeader(request);
    if (repeated !== null) {
      refuseRepeated(exchange, repeated);
      return;
    }
    if (tracer === null) begin(parts, exchange, given);
    else tracer.request(exchange, () => begin(parts, exchange, given));
  };
}

function begin(parts: RouterParts, exchange: Exchange, given: RequestId): void {
  try {
    // GraphQL first, and without a promise of its own: most requests are answered in one go.
    const routed = exchange.path === '/graphql' ? graphql(parts, exchange) : route(parts, exchange, given);
    if (routed instanceof Promise) routed.catch((error: unknown) => failed(parts, exchange, error));
  } catch (error) {
    failed(parts, exchange, error);
  }
}

function measure(meter: Meter, exchange: Exchange): void {
  meter.ended(exchange, performance.now() - exchange.began);
  const code = refusedAs(exchange.response);
  if (code !== null) meter.refused(code);
}

/** What pages of other origins may ask: the doors that take bearer tokens. */
function isForPages(path: string): boolean {
  return path === '/graphql' || isAuthzenPath(path);
}

function logExchange(
  { request, response, path, requestId, now, caller }: Exchange,
  { log, clock }: Pick<RouterParts, 'log' | 'clock'>,
): void {
  const { method } = request;
  log.info({ requestId, method, path, status: response.statusCode, milliseconds: clock() - now, caller }, 'request');
}

async function route(parts: RouterParts, exchange: Exchange, { malformed }: RequestId): Promise<void> {
  const { request, response, path, requestId } = exchange;
  response.setHeader('x-request-id', requestId);
  if (path === '/healthz') sendHealth(response);
  else if (path === '/readyz') await sendReadiness(response, parts.phase(), parts.ping);
  else if (isForAws(request, path)) await aws(parts, exchange);
  else if (path === JWKS_PATH) await onceReady(parts, exchange, parts.jwks(), serveJwks);
  else if (isAuthzenPath(path)) await authzen(parts, exchange, malformed);
  else if (isMaintenancePath(path)) await onceReady(parts, exchange, parts.maintenance(), serveMaintenance);
  else if (path === METRICS_PATH && parts.metrics !== undefined)
    await onceReady(parts, exchange, parts.metrics(), serveMetrics);
  else if (isSchemaFile(path)) await onceReady(parts, exchange, parts.graphql(), serveSchemaFile);
  else if (await sendToBrowser(parts, exchange)) return;
  else if (path === '/') sendWelcome(parts, exchange);
  else {
    const message = `there is nothing at \`${path.slice(0, 200)}\`; GraphQL is at /graphql, STS and IAM at /aws`;
    refuseUnread(request, response, { status: 404, code: 'NOT_FOUND', message }, requestId);
  }
}

/** A page or a file of the console or of GraphiQL, if it is on; false: this is no request for one. */
async function sendToBrowser(
  { consoleFacts, graphiqlTabs }: RouterParts,
  { request, response, path }: Exchange,
): Promise<boolean> {
  if (consoleFacts !== null) {
    if (wantsPage(request) && (await sendConsolePage(request, response, path, consoleFacts()))) return true;
    if (await sendConsoleFile(request, response, path)) return true;
  }
  return graphiqlTabs !== null && (await sendGraphiqlAsset(request, response, path));
}

function graphql(parts: RouterParts, exchange: Exchange): void | Promise<void> {
  const { request, response, requestId } = exchange;
  if (wantsPage(request)) {
    response.setHeader('x-request-id', requestId);
    if (parts.graphiqlTabs !== null) return sendGraphiqlPage(response, parts.graphiqlTabs());
    refuseUnread(request, response, GRAPHIQL_IS_OFF, requestId);
    return undefined;
  }
  const graphqlRoute = parts.graphql();
  if (graphqlRoute !== null) return serveGraphql(graphqlRoute, exchange);
  response.setHeader('x-request-id', requestId);
  refuseNotReady(parts, exchange);
  return undefined;
}

async function aws(parts: RouterParts, exchange: Exchange): Promise<void> {
  const awsRoute = parts.aws();
  if (awsRoute === null) refuseAwsNotReady(exchange, parts.phase());
  else await serveAws(awsRoute, exchange);
}

async function authzen(parts: RouterParts, exchange: Exchange, malformed: boolean): Promise<void> {
  const authzenRoute = parts.authzen();
  if (malformed) refuse(exchange, MALFORMED_ID);
  else if (authzenRoute === null) refuse(exchange, notReady(parts));
  else await serveAuthzen(authzenRoute, exchange);
}

/** `door`: null: the gateway is not ready. */
async function onceReady<Door>(
  parts: RouterParts,
  exchange: Exchange,
  door: Door | null,
  serve: (door: Door, exchange: Exchange) => Promise<void>,
): Promise<void> {
  if (door === null) refuseNotReady(parts, exchange);
  else await serve(door, exchange);
}

/** In the form of the door. */
function refuseRepeated(exchange: Exchange, name: string): void {
  const { request, response, requestId, path } = exchange;
  response.setHeader('x-request-id', requestId);
  const message = `the header \`${name}\` must be sent once`;
  if (isForAws(request, path)) refuseAws(exchange, { status: 400, code: 'IncompleteSignature', message });
  else {
    const write = isAuthzenPath(path) ? writeSentence : writeRefusal;
    refuseUnread(request, response, { status: 400, code: 'BAD_REQUEST', message }, requestId, write);
  }
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
function timedOut(exchange: Exchange, message: string): void {
  const { request, response, requestId, path, work } = exchange;
  work.stop();
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (isForAws(request, path)) writeAwsTimedOut(exchange, message);
  else {
    const write = isAuthzenPath(path) ? writeSentence : writeRefusal;
    const headers = { 'retry-after': '1', connection: 'close' };
    write(response, { status: 503, code: 'TIMED_OUT', message, headers }, requestId);
  }
  response.end();
  request.resume();
}

function failed({ log }: RouterParts, exchange: Exchange, error: unknown): void {
  const { response, requestId, path } = exchange;
  // What was under way when it was answered, or when nobody waited any more, has ended by this.
  if (response.closed || response.writableEnded) return;
  if (error instanceof RolegateError && error.code === 'TIMED_OUT') {
    timedOut(exchange, error.message);
    return;
  }
  // Its body alone was too much to read.
  const isTooMuch = error instanceof RolegateError && error.code === 'LIMIT_EXCEEDED';
  if (!isTooMuch) log.error({ requestId, err: error }, 'request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('x-request-id', requestId);
  const write = isAuthzenPath(path) ? writeSentence : writeRefusal;
  write(response, isTooMuch ? { status: 413, code: error.code, message: error.message } : UNEXPECTED, requestId);
  response.end();
}

const UNEXPECTED: Refusal = { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.' };

/** The path of the address; null if it or the host is malformed. Both are checked because Yoga builds its URL from them. */
function pathOf({ url: target = '', headers }: IncomingMessage): string | null {
  const host = headers.host ?? 'localhost';
  if (!target.startsWith('/') || !isHost(host)) return null;
  if (target === '/graphql') return target;
  const url = `http://${host}${target}`;
  return URL.canParse(url) ? new URL(url).pathname : null;
}

/** The last host that was well-formed: nearly all requests name the same one. */
let knownHost = 'localhost';

function isHost(host: string): boolean {
  if (host === knownHost) return true;
  if (!/^[A-Za-z0-9.\-_[\]:]+$/.test(host) || !URL.canParse(`http://${host}/`)) return false;
  knownHost = host;
  return true;
}
