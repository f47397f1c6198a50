import type { ServerResponse } from 'node:http';

/** An answer in GraphQL's form that says why a request was not read. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** More for `extensions`: AWS's own code, the limit … */
  readonly extensions?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends the head and the whole body of an answer that says why, but does not end the response. */
export type WriteRefusal = (response: ServerResponse, refusal: Refusal, requestId: string) => void;

export function refusalBody(refusal: Refusal, requestId: string): string {
  const extensions = { code: refusal.code, ...refusal.extensions, requestId };
  return JSON.stringify({ errors: [{ message: refusal.message, extensions }] });
}

/** Sends the head and the whole body, but does not end the response. */
export function writeRefusal(response: ServerResponse, refusal: Refusal, requestId: string): void {
  const body = refusalBody(refusal, requestId);
  response.writeHead(refusal.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...refusal.headers,
  });
  response.write(body);
}
