import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { RolegateError } from '../policy/errors.ts';

/** Between two comments that keep a connection open where nothing happens. Milliseconds. */
const KEEP_ALIVE = 12_000;
/** How long a reader may leave what was sent unread. Milliseconds. */
const SLOWEST = 10_000;
/** How long the last event may take to arrive. Milliseconds. */
const LAST = 5_000;

/** Times of a stream of events. Milliseconds. */
export interface EventTimes {
  readonly keepAlive: number;
  readonly slowest: number;
  readonly last: number;
}

const USUAL: EventTimes = { keepAlive: KEEP_ALIVE, slowest: SLOWEST, last: LAST };

const TOO_SLOW = new RolegateError(
  'LIMIT_EXCEEDED',
  'what was sent was not read for too long: subscribe again, with `since` where there is one',
);

/** Writes server-sent events, and no more than the client reads. */
export class EventWriter {
  readonly #response: ServerResponse;
  readonly #requestId: string;
  readonly #times: EventTimes;
  #keepAlive: NodeJS.Timeout | undefined;
  #slow: NodeJS.Timeout | undefined;
  #draining: Promise<void> | null = null;
  // What a response of HTTP/2 does not tell of itself (node's `destroyed` and `writableNeedDrain`).
  #isGone: boolean;
  #isFull = false;
  /** Called when the client does not read. */
  onSlow: (reason: RolegateError) => void = () => undefined;

  constructor(response: ServerResponse, requestId: string, times = USUAL) {
    this.#response = response;
    this.#requestId = requestId;
    this.#times = times;
    this.#isGone = isClosed(response);
    response.once('close', () => {
      this.#isGone = true;
    });
  }

  /** Whether nobody reads any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Sends the head. Calling it again does nothing. */
  begin(): void {
    const response = this.#response;
    if (response.headersSent || this.#isGone) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': this.#requestId,
      // nginx would keep events until it has a page of them.
      'x-accel-buffering': 'no',
    });
    this.#write(':\n\n');
    this.#keepAlive = setInterval(() => {
      // What waits to be read keeps the connection open.
      if (!this.#isFull) this.#write(':\n\n');
    }, this.#times.keepAlive);
    this.#keepAlive.unref();
  }

  /** Resolves when there is room for the next one. */
  next(result: ExecutionResult): Promise<void> {
    this.begin();
    return this.#write(`event: next\ndata: ${JSON.stringify(result)}\n\n`) ? Promise.resolve() : this.#drained();
  }

  /** Ends the stream, after a last answer if there is one. */
  async end(last: ExecutionResult | null): Promise<void> {
    const response = this.#response;
    this.begin();
    clearInterval(this.#keepAlive);
    clearTimeout(this.#slow);
    if (this.#isGone) return;
    if (last !== null) this.#write(`event: next\ndata: ${JSON.stringify(last)}\n\n`);
    response.end('event: complete\ndata:\n\n');
    if (response.writableFinished) return;
    const timer = setTimeout(() => response.destroy(), this.#times.last);
    timer.unref();
    response.once('close', () => clearTimeout(timer));
  }

  #write(text: string): boolean {
    const response = this.#response;
    if (this.#isGone || response.writableEnded) return true;
    const hasRoom = response.write(text);
    if (!hasRoom && !this.#isFull) {
      this.#isFull = true;
      this.#slow = setTimeout(() => this.onSlow(TOO_SLOW), this.#times.slowest);
      this.#slow.unref();
      response.once('drain', () => {
        this.#isFull = false;
        clearTimeout(this.#slow);
      });
    }
    return hasRoom;
  }

  #drained(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      const drained = (): void => {
        this.#response.off('drain', drained).off('close', drained);
        this.#draining = null;
        resolve();
      };
      this.#response.on('drain', drained).on('close', drained);
    });
    return this.#draining;
  }
}

function isClosed(response: ServerResponse): boolean {
  const { stream } = response as { readonly stream?: { readonly destroyed: boolean } }; // as: what one of HTTP/2 has
  return stream?.destroyed ?? response.destroyed;
}
