import type { ServerResponse } from 'node:http';
import type { Exchange } from './exchange.ts';

interface Told {
  /** Its time is over. */
  late(exchange: Exchange): void;
  /** It was answered, or its client has gone. */
  ended(exchange: Exchange): void;
}

/** Milliseconds between two looks at the clock: a request that hangs is answered that much later at most. */
const BETWEEN = 200;

/** The requests that are under way. One listener and one timer serve all of them: nothing is made for a request of its own. */
export class OpenExchanges {
  readonly #told: Told;
  readonly #open = new Map<ServerResponse, Exchange>();
  readonly #closed: (this: ServerResponse) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(told: Told) {
    this.#told = told;
    const end = (response: ServerResponse): void => this.#end(response);
    this.#closed = function closed(this: ServerResponse) {
      end(this);
    };
  }

  add(exchange: Exchange): void {
    const { response } = exchange;
    this.#open.set(response, exchange);
    // Unlike 'finish', 'close' also comes if the client disconnects before the end of the answer.
    response.on('close', this.#closed);
    this.#timer ??= setInterval(() => this.#look(), BETWEEN).unref();
  }

  #end(response: ServerResponse): void {
    const exchange = this.#open.get(response);
    if (exchange === undefined) return;
    this.#open.delete(response);
    exchange.work.stop();
    this.#told.ended(exchange);
  }

  #look(): void {
    if (this.#open.size === 0) {
      if (this.#timer !== null) clearInterval(this.#timer);
      this.#timer = null;
      return;
    }
    for (const exchange of this.#open.values()) {
      if (!exchange.work.isStopped && exchange.work.left <= 0) this.#told.late(exchange);
    }
  }
}
