import type { IncomingMessage, ServerResponse } from 'node:http';
import { nextTurn, turnIsOver } from '../access/next-turn.ts';
import type { Steps } from '../policy/steps.ts';
import type { Caller } from '../session/caller.ts';
import { type Refusal, type WriteRefusal, writeRefusal } from './graphql-error.ts';
import { shownBytes } from './limits.ts';

/** The body is larger than this caller may send. */
export class BodyTooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`more than ${limit} bytes`);
    this.name = 'BodyTooLarge';
    this.limit = limit;
  }
}

/** The sender disconnected before the whole body arrived. */
export class BodyIncomplete extends Error {}

/** Whether its Content-Length alone is too much. */
export function isDeclaredLarger({ headers }: IncomingMessage, limit: number): boolean {
  return Number(headers['content-length'] ?? 0) > limit;
}

/** Lets a sender begin that waits for it, unless the body is too large. */
export function sendContinue(request: IncomingMessage, response: ServerResponse, limit: number): void {
  const { expect } = request.headers;
  if (expect !== undefined && /100-continue/i.test(expect) && !isDeclaredLarger(request, limit))
    response.writeContinue();
}

export function tooLarge(limit: number, caller: Caller): Refusal {
  const hint = caller.kind === 'anonymous' ? ' without credentials' : '';
  return {
    status: 413,
    code: 'REQUEST_TOO_LARGE',
    message: `the request body is larger than the ${shownBytes(limit)} that may be sent${hint}`,
    extensions: { limitBytes: limit },
  };
}

/** The body of a request, as `readChunks` reads it. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return joined(await readChunks(request, limit));
}

/**
 * Reads the body of a request. Refuses by Content-Length before a byte is read, and otherwise counts, so that it never
 * holds more than `limit` bytes. Throws BodyTooLarge, BodyIncomplete.
 */
export function readChunks(request: IncomingMessage, limit: number): Promise<readonly Buffer[]> {
  if (isDeclaredLarger(request, limit)) return Promise.reject(new BodyTooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) {
        request.off('data', onData);
        request.pause();
        chunks.length = 0;
        reject(new BodyTooLarge(limit));
        return;
      }
      chunks.push(chunk);
    };
    request.on('data', onData);
    // Each comes once; `on` costs less than `once`. An aborted request ends with an error, too.
    request.on('end', () => resolve(chunks));
    request.on('error', (cause) => reject(new BodyIncomplete('the request was not sent completely', { cause })));
  });
}

export function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** The same, step by step: fresh memory of a megabyte takes milliseconds to be filled. */
export function* joinedInSteps(chunks: readonly Buffer[]): Steps<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(sizeOf(chunks));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
    yield chunk.length;
  }
  return bytes;
}

/** The same, with room for others. */
export async function joinedInTurns(chunks: readonly Buffer[]): Promise<Buffer> {
  const steps = joinedInSteps(chunks);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (turnIsOver()) await nextTurn();
  }
}

export function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((size, { length }) => size + length, 0);
}

/** Up to this size a refused body is read to its end, so that the connection can be reused. Bytes. */
const SMALL = 65_536;
/** How long a sender may continue to send a refused body before the connection is cut. Milliseconds. */
const DRAIN_TIME = 2_000;

/** Refuses a request whose body was not read: see `answerUnread`. `write`: the form of the answer; left out: GraphQL's. */
export function refuseUnread(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  requestId: string,
  write: WriteRefusal = writeRefusal,
): void {
  answerUnread(request, response, (headers) =>
    write(response, { ...refusal, headers: { ...refusal.headers, ...headers } }, requestId),
  );
}

/**
 * Answers a request whose body was not read. A sender that is cut off while it is still sending may never see the
 * answer (the reset overtakes it). So the answer is sent, the rest is read and discarded for a moment, and then the
 * connection is closed. `write`: sends the head, with these headers too, and the whole body, but does not end the response.
 */
export function answerUnread(
  request: IncomingMessage,
  response: ServerResponse,
  write: (headers: Readonly<Record<string, string>>) => void,
): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  const isSmall = request.headers['transfer-encoding'] === undefined && declared <= SMALL;
  if (request.complete || isSmall) {
    write({});
    response.end();
    return;
  }
  write({ connection: 'close' });
  const timer = setTimeout(finish, DRAIN_TIME);
  function finish(): void {
    clearTimeout(timer);
    response.end();
  }
  request.once('end', finish);
  request.once('close', finish);
  request.resume();
}
