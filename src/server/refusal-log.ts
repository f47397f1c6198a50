import type { Exchange } from './exchange.ts';
import { refusedAs } from './graphql-error.ts';
import type { Log } from './log.ts';

/** Who is not known, who may not, and who asks too much. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429]);
/** Lines of a second: whoever is refused again and again must not fill a disk. */
const MOST_LINES = 10;
const SECOND = 1_000;

/** Logs which requests were refused. Of many in one second it says how many more there were. */
export class RefusalLog {
  readonly #log: Log;
  readonly #clock: () => number;
  #since = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #more = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `clock`: milliseconds. Left out: since the start of the process. */
  constructor(log: Log, clock: () => number = () => performance.now()) {
    this.#log = log;
    this.#clock = clock;
  }

  ended({ request, response, path, requestId, caller }: Exchange): void {
    const { statusCode: status } = response;
    if (!REFUSALS.has(status)) return;
    this.#begin();
    this.#lines += 1;
    if (this.#lines > MOST_LINES) {
      // It is said even if nobody is refused any more.
      if (this.#more === 0) this.#timer = setTimeout(() => this.#tell(), SECOND).unref();
      this.#more += 1;
      return;
    }
    const code = refusedAs(response);
    this.#log.warn(
      { requestId, method: request.method, path, status, caller, ...(code !== null && { code }) },
      'refused',
    );
  }

  /** Says what was not said yet. */
  stop(): void {
    this.#tell();
  }

  /** A new second, if it is one. */
  #begin(): void {
    const now = this.#clock();
    if (now - this.#since < SECOND) return;
    this.#tell();
    this.#since = now;
    this.#lines = 0;
  }

  #tell(): void {
    clearTimeout(this.#timer);
    if (this.#more > 0) this.#log.warn({ requests: this.#more }, 'more were refused within a second');
    this.#more = 0;
  }
}
