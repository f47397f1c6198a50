import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { refuseUnread } from './body.ts';
import type { GraphiqlTab } from './graphiql/page.ts';
import { sendGraphiqlAsset, sendGraphiqlPage, wantsPage } from './graphiql/routes.ts';
import { type Refusal, writeRefusal } from './graphql-error.ts';
import { type GraphqlRoute, refuseMalformed, serveGraphql } from './graphql-route.ts';
import { type Phase, sendHealth, sendReadiness } from './health.ts';
import type { Log } from './log.ts';

export interface RouterParts {
  readonly log: Log;
  readonly phase: () => Phase;
  /** Null until the gateway is ready. */
  readonly graphql: () => GraphqlRoute | null;
  readonly ping: () => Promise<void>;
  /** Null: no GraphiQL. */
  readonly graphiqlTabs: (() => Promise<readonly GraphiqlTab[]>) | null;
}

/** All HTTP of the gateway: /graphql, GraphiQL's files, /healthz, /readyz, and a word at /. */
export function createRouter(parts: RouterParts): RequestListener {
  return (request, response) => {
    const requestId = requestIdOf(request);
    const startedAt = Date.now();
    response.setHeader('x-request-id', requestId);
    const url = urlOf(request);
    if (url === null) {
      refuseMalformed(request, response, requestId);
      return;
    }
    let caller = 'none';
    // 'close' comes also when the client went away before the end of the answer, 'finish' would not.
    response.once('close', () => {
      const milliseconds = Date.now() - startedAt;
      const { method } = request;
      parts.log.info(
        { requestId, method, path: url.pathname, status: response.statusCode, milliseconds, caller },
        'request',
      );
    });
    route(parts, request, response, url, requestId, startedAt).then(
      (kind) => {
        caller = kind;
      },
      (error: unknown) => {
        parts.log.error({ requestId, err: error }, 'request failed');
        failed(response, requestId);
      },
    );
  };
}

async function route(
  parts: RouterParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  requestId: string,
  now: number,
): Promise<string> {
  const path = url.pathname;
  if (path === '/healthz') sendHealth(response);
  else if (path === '/readyz') await sendReadiness(response, parts.phase(), parts.ping);
  else if (path === '/') sendWelcome(parts, request, response, url);
  else if (path === '/graphql') return graphql(parts, request, response, url, requestId, now);
  else if (parts.graphiqlTabs === null || !(await sendGraphiqlAsset(request, response, path))) {
    const message = `there is nothing at \`${path.slice(0, 200)}\`; GraphQL is at /graphql`;
    refuseUnread(request, response, { status: 404, code: 'NOT_FOUND', message }, requestId);
  }
  return 'none';
}

async function graphql(
  parts: RouterParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  requestId: string,
  now: number,
): Promise<string> {
  if (wantsPage(request, url)) {
    if (parts.graphiqlTabs === null) refuseUnread(request, response, GRAPHIQL_IS_OFF, requestId);
    else await sendGraphiqlPage(response, await parts.graphiqlTabs());
    return 'none';
  }
  const graphqlRoute = parts.graphql();
  if (graphqlRoute !== null) return serveGraphql(graphqlRoute, request, response, requestId, now);
  const message = `the gateway is ${parts.phase()}`;
  const headers = { 'retry-after': '1' };
  refuseUnread(request, response, { status: 503, code: 'SERVICE_UNAVAILABLE', message, headers }, requestId);
  return 'none';
}

const GRAPHIQL_IS_OFF: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'GraphiQL is switched off here; GraphQL requests are answered at this address',
};

function sendWelcome(parts: RouterParts, request: IncomingMessage, response: ServerResponse, url: URL): void {
  if (parts.graphiqlTabs !== null && wantsPage(request, url)) {
    response.writeHead(302, { location: '/graphql', 'content-length': 0 });
    response.end();
    return;
  }
  const text = 'Rolegate: GraphQL at /graphql, health at /healthz, readiness at /readyz\n';
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function failed(response: ServerResponse, requestId: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  writeRefusal(response, { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.' }, requestId);
  response.end();
}

/** The sender's own id where it has a harmless form, so that its logs and these can be laid side by side. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID();
}

function urlOf(request: IncomingMessage): URL | null {
  // The host is checked with the path because Yoga builds its URL from both.
  const url = `http://${request.headers.host ?? 'localhost'}${request.url ?? ''}`;
  return (request.url ?? '').startsWith('/') && URL.canParse(url) ? new URL(url) : null;
}
