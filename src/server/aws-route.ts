import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerAtDoor, type DoorAnswer, type DoorServices, refusedAtDoor } from '../aws/door.ts';
import type { SignedRequest } from '../aws/signing/signed-request.ts';
import { BodyIncomplete, BodyTooLarge, readBody, sendContinue } from './body.ts';
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

/** `/aws` and `/aws/`: the path is part of the signature, and clients do not agree on the slash. */
export function isAwsPath(path: string): boolean {
  return path === '/aws' || path.startsWith('/aws/');
}

/** Answers a request of a client of AWS. Cookies are not read: a page of another origin could send a form with them. */
export async function serveAws({ services, isTrustedProxy, log }: AwsRoute, exchange: Exchange): Promise<void> {
  const { request, response, url, requestId, now } = exchange;
  const answer = await answered();
  if (answer === null) return;
  exchange.caller = answer.caller;
  if (answer.unexpected !== null) log.error({ requestId, err: answer.unexpected }, 'request failed');
  send(request, response, answer);

  async function answered(): Promise<DoorAnswer | null> {
    if (url.pathname !== '/aws' && url.pathname !== '/aws/') return refusedAtDoor(ANOTHER_SERVICE, { requestId });
    const limit = request.headers.authorization === undefined ? AWS_BODY_LIMITS.unsigned : AWS_BODY_LIMITS.signed;
    let body: Buffer;
    try {
      sendContinue(request, response, limit);
      body = await readBody(request, limit);
    } catch (error) {
      if (error instanceof BodyIncomplete) return null;
      if (!(error instanceof BodyTooLarge)) throw error;
      const message = `the request body is larger than ${shownBytes(limit)}`;
      return refusedAtDoor({ status: 413, code: 'RequestEntityTooLarge', message }, { requestId });
    }
    const head = headOfMessage(request);
    const client = clientOf(head, isTrustedProxy);
    const origin = originOf(client, head, requestId);
    return answerAtDoor(services, signedRequest(request, client.host, body), { requestId, now, origin });
  }
}

const ANOTHER_SERVICE = {
  status: 400,
  code: 'InvalidAction',
  message: 'This address serves STS and IAM, at /aws: other services of AWS are not here',
};

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
  if (host !== null) headers.set('host', [host]);
  return { method: request.method ?? '', path, query: query.join('?'), headers, body };
}

/** Node reads heads as Latin-1; clients write, and sign, UTF-8. */
function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: DoorAnswer): void {
  const close = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, { ...headers, ...close, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}
