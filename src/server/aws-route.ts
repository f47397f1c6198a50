import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DoorAnswer, refusedUnread, timedOut } from '../aws/answer.ts';
import { answerAtDoor, type DoorServices } from '../aws/door.ts';
import type { SignedRequest } from '../aws/signing/signed-request.ts';
import { answerUnread, BodyIncomplete, BodyTooLarge, readBody, sendContinue } from './body.ts';
import { clientOf } from './client.ts';
import type { Exchange } from './exchange.ts';
import { AWS_BODY_LIMITS, shownBytes } from './limits.ts';
import type { Log } from './log.ts';
import { originOf } from './origin.ts';
import { headOfMessage } from './request-head.ts';

/** The door of AWS's own clients. */
export interface AwsRoute {
  readonly services: DoorServices;
  readonly isTrustedProxy: (address: string) => boolean;
  readonly log: Log;
}

/**
 * `/aws` and what is below it, and whatever is posted to `/`, where clients send it if they are told no path. The path is part
 * of the signature, and clients do not agree on a slash at its end.
 */
export function isForAws({ method }: Pick<IncomingMessage, 'method'>, path: string): boolean {
  return path === '/aws' || path.startsWith('/aws/') || (path === '/' && method === 'POST');
}

const PATHS = new Set(['/', '/aws', '/aws/']);

/** Answers a request of a client of AWS. Cookies are not read: a page of another origin could send a form with them. */
export async function serveAws({ services, isTrustedProxy, log }: AwsRoute, exchange: Exchange): Promise<void> {
  const { request, response, path, requestId, now } = exchange;
  if (!PATHS.has(path)) {
    refuseAws(exchange, ANOTHER_SERVICE);
    return;
  }
  const limit = isSigned(request) ? AWS_BODY_LIMITS.signed : AWS_BODY_LIMITS.unsigned;
  const body = await bodyOf(request, response, limit);
  if (body === 'incomplete') return;
  if (body === 'too large') {
    const message = `the request body is larger than ${shownBytes(limit)}`;
    refuseAws(exchange, { status: 413, code: 'RequestEntityTooLarge', message });
    return;
  }
  exchange.work.begin();
  const head = headOfMessage(request);
  const client = clientOf(head, isTrustedProxy);
  const origin = originOf(client, head, requestId);
  const answer = await answerAtDoor(services, signedRequest(request, client.host, body), {
    requestId,
    now,
    origin,
    work: exchange.work,
  });
  // It has taken too long, and was told so; or nobody waits any more.
  if (exchange.work.isStopped) return;
  exchange.caller = answer.caller;
  if (answer.unexpected !== null) log.error({ requestId, err: answer.unexpected }, 'request failed');
  writeHead(response, answer);
  if (request.method !== 'HEAD') writeBody(response, answer);
  response.end();
}

/** Refuses a request that comes before the gateway is ready, or after it was told to stop. */
export function refuseAwsNotReady(exchange: Exchange, phase: string): void {
  const headers = { 'retry-after': '1' };
  refuseAws(exchange, { status: 503, code: 'ServiceUnavailable', message: `the gateway is ${phase}`, headers });
}

const ANOTHER_SERVICE = {
  status: 400,
  code: 'InvalidAction',
  message: 'This address serves STS and IAM, at /aws: other services of AWS are not here',
};

/** Tells that a request has taken too long. The answer is not ended. */
export function writeAwsTimedOut({ request, response, requestId }: Exchange, message: string): void {
  const answer = timedOut(message, request.headers.accept, requestId);
  writeHead(response, answer, { connection: 'close' });
  if (request.method !== 'HEAD') writeBody(response, answer);
}

/** Refuses a request before its body is read. */
export function refuseAws(exchange: Exchange, error: Parameters<typeof refusedUnread>[0]): void {
  const { request, response, requestId } = exchange;
  exchange.caller = 'refused';
  const answer = refusedUnread(error, requestId);
  answerUnread(request, response, (headers) => {
    writeHead(response, answer, headers);
    if (request.method !== 'HEAD') writeBody(response, answer);
  });
}

function writeHead(response: ServerResponse, { status, headers, body }: DoorAnswer, more: object = {}): void {
  const length =
    typeof body === 'string' ? Buffer.byteLength(body) : body.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(status, { ...headers, ...more, 'content-length': length });
}

function writeBody(response: ServerResponse, { body }: DoorAnswer): void {
  // What is short leaves with its head.
  response.cork();
  for (const piece of typeof body === 'string' ? [body] : body) response.write(piece);
  process.nextTick(() => response.uncork());
}

/** Looks like it: the signature is verified when the body is there. */
function isSigned({ headers }: IncomingMessage): boolean {
  return headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true;
}

async function bodyOf(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
): Promise<Buffer | 'incomplete' | 'too large'> {
  try {
    sendContinue(request, response, limit);
    return await readBody(request, limit);
  } catch (error) {
    if (error instanceof BodyIncomplete) return 'incomplete';
    if (error instanceof BodyTooLarge) return 'too large';
    throw error;
  }
}

/** `host`: as the client named it, which is what it signed; a proxy in front may have another. */
function signedRequest(request: IncomingMessage, host: string | null, body: Buffer): SignedRequest {
  const [path = '', ...query] = utf8(request.url ?? '').split('?');
  const headers = new Map<string, string[]>();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const values = headers.get(name) ?? [];
    values.push(utf8(request.rawHeaders[index + 1] ?? ''));
    headers.set(name, values);
  }
  // Two of them are two hosts for two readers: they stay, and nobody has signed them.
  if (host !== null && (headers.get('host')?.length ?? 0) < 2) headers.set('host', [host]);
  return { method: request.method ?? '', path, query: query.join('?'), headers, body };
}

/** Node reads heads as Latin-1; clients write, and sign, UTF-8. */
function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
