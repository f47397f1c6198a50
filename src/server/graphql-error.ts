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

/** With which code requests were refused, by their responses: for metrics and the log. */
const codes = new WeakMap<ServerResponse, string>();

/** Null: the request was not refused, or not in a form of ours. */
export function refusedAs(response: ServerResponse): string | null {
  return codes.get(response) ?? null;
}

export function keepRefusal(response: ServerResponse, { code }: Pick<Refusal, 'code'>): void {
  codes.set(response, code);
}

export function refusalBody(refusal: Refusal, requestId: string): string {
  const extensions = { code: refusal.code, ...refusal.extensions, requestId };
  return JSON.stringify({ errors: [{ message: refusal.message, extensions }] });
}

/** Sends the head and the whole body, but does not end the response. */
export function writeRefusal(response: ServerResponse, refusal: Refusal, requestId: string): void {
  keepRefusal(response, refusal);
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
