import type { Failure } from './types.ts';

/** Where the gateway is, and who asks it. */
export interface Connection {
  readonly url: URL;
  /** The value of the header `authorization`. */
  readonly authorization: () => string | Promise<string>;
  readonly fetch: typeof fetch;
}

/** The gateway's answer as JSON, or why there is none. */
export type Answer = { readonly json: unknown } | { readonly failure: Failure };

/** Milliseconds before the first further attempt where the gateway does not say how long; twice as long before each other one. */
const FIRST_PAUSE = 50;
/** Attempts of one question. */
const ATTEMPTS = 5;
/** Busy, or not there for a moment: what was asked can be asked again. */
const PASSING: ReadonlySet<number> = new Set([429, 503]);

/**
 * Asks until there is an answer, `signal` ends it, it was tried often enough, or the next attempt would come too late.
 * `until`: as performance.now(). Never rejects.
 */
export async function post(connection: Connection, body: string, signal: AbortSignal, until: number): Promise<Answer> {
  let last: Failure = { code: 'TIMEOUT', message: 'the gateway was not asked in time' };
  for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
    const tried = await once(connection, body, signal);
    if (!('again' in tried)) return tried;
    last = tried.failure;
    const milliseconds = tried.again ?? FIRST_PAUSE * 2 ** attempt;
    if (performance.now() + milliseconds >= until) break;
    await pause(milliseconds, signal);
  }
  return { failure: last };
}

/** `again`: milliseconds after which it may be tried again; null: it is not said. */
type Tried = Answer | { readonly failure: Failure; readonly again: number | null };

async function once(
  { url, authorization, fetch: send }: Connection,
  body: string,
  signal: AbortSignal,
): Promise<Tried> {
  try {
    const response = await send(url, {
      method: 'POST',
      headers: {
        authorization: await authorization(),
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body,
      signal,
      // Credentials are for this gateway alone.
      redirect: 'error',
    });
    const text = await response.text();
    if (PASSING.has(response.status)) {
      const again = retryAfter(response.headers.get('retry-after'));
      return { failure: failureOf(response.status, text), again };
    }
    const json = parsed(text);
    const isAnswer = typeof json === 'object' && json !== null && ('data' in json || 'errors' in json);
    return isAnswer ? { json } : { failure: failureOf(response.status, text) };
  } catch (error) {
    if (signal.aborted) return { failure: { code: 'TIMEOUT', message: 'the gateway did not answer in time' } };
    return {
      failure: { code: 'UNREACHABLE', message: `the gateway cannot be reached: ${causeOf(error)}` },
      again: null,
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What an answer without data says. Texts of proxies are not repeated. */
function failureOf(status: number, text: string): Failure {
  const { errors } = (parsed(text) ?? {}) as { readonly errors?: unknown }; // as: any JSON, of which only this is looked at
  const [first] = Array.isArray(errors) ? (errors as readonly unknown[]) : [];
  return errorOf(first) ?? { code: `HTTP_${status}`, message: `the gateway answered with the status ${status}` };
}

/** An error of GraphQL; null: it is none. */
export function errorOf(error: unknown): Failure | null {
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  const { message, extensions } = error as {
    readonly message: unknown;
    readonly extensions?: { readonly code?: unknown };
  };
  const code = extensions?.code;
  return { code: typeof code === 'string' ? code : 'ERROR', message: String(message) };
}

/** Milliseconds: the header has seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null;
}

function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } }; // as: what fetch throws
  const code = cause?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'no reason is given';
}

/** Resolves early when `signal` ends it. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
