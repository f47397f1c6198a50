import type { ServerResponse } from 'node:http';
import { CommandFailed, GatewayRefused } from '../failure.ts';

/** An answer to a client. */
export interface Reply {
  readonly status: number;
  /** An object is written as JSON. */
  readonly body: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** In the form of the container credentials endpoint. */
export function refusal(status: number, Code: string, Message: string, headers: Reply['headers'] = {}): Reply {
  return { status, body: { Code, Message }, headers };
}

/** Why there are no credentials. What is unexpected is not told. */
export function failureReply(error: unknown): Reply {
  if (error instanceof GatewayRefused) {
    const { awsCode, code, message } = error;
    const status = code === 'RATE_LIMITED' ? 429 : awsCode === null ? 502 : 403;
    return refusal(status, awsCode ?? code, message);
  }
  if (error instanceof CommandFailed) return refusal(503, 'ServiceUnavailable', error.message);
  return refusal(500, 'InternalFailure', 'the request failed');
}

export function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}
