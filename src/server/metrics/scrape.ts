import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../log.ts';

export const METRICS_PATH = '/metrics';

/** Answers a request to the listener of the metrics: GET /metrics, and nothing else. */
export function answerScrape(
  request: IncomingMessage,
  response: ServerResponse,
  contentType: string,
  text: () => Promise<string>,
  log: Log,
): void {
  const isAsked =
    (request.method === 'GET' || request.method === 'HEAD') && request.url?.split('?')[0] === METRICS_PATH;
  // Whatever is sent, nobody reads it.
  request.resume();
  if (!isAsked) {
    send(response, 404, 'text/plain; charset=utf-8', `metrics are at GET ${METRICS_PATH}\n`);
    return;
  }
  text().then(
    (body) => send(response, 200, contentType, body),
    (error: unknown) => {
      log.error({ err: error }, 'metrics cannot be told');
      send(response, 500, 'text/plain; charset=utf-8', 'metrics cannot be told\n');
    },
  );
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
