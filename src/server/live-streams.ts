import { Work, type WorkLimits } from '../access/work.ts';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { nameOf, UNLIMITED } from '../guard/caller-limits.ts';
import type { Live } from '../guard/live/live.ts';
import type { LiveLimits } from '../guard/live/live-limits.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { Caller } from '../session/caller.ts';
import { AuthenticationError } from '../session/errors.ts';
import type { Exchange } from './exchange.ts';

/** Milliseconds for which a subscription may be open, and more until it is cut off. */
const BEYOND = 30_000;

export interface LiveParts {
  readonly contextOf: (facts: RequestFacts, request: object) => GatewayContext;
  /** The caller of a request, as its credentials say now; null: they say nobody any more. */
  readonly callerAgain: (exchange: Exchange, now: number) => Promise<Caller | null>;
  readonly limits: LiveLimits;
  /** Milliseconds for which one may be open. */
  readonly longest: number;
  readonly workLimits: WorkLimits | undefined;
  readonly clock: () => number;
}

/** A subscription, open for a client. */
export interface OpenStream {
  readonly live: Live & { readonly renew: () => Promise<GatewayContext> };
  /** Ends it with what is its last event; null: nobody reads it any more. */
  end(reason: RolegateError | null): void;
  close(): void;
}

/** The subscriptions that are open. */
export class LiveStreams {
  readonly #parts: LiveParts;
  readonly #open = new Set<OpenStream>();
  #stopping = false;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Throws Throttled. */
  open(exchange: Exchange, facts: RequestFacts): OpenStream {
    const { limits, longest, workLimits, clock } = this.#parts;
    const { caller, allowance = UNLIMITED, origin } = facts;
    const counted = limits.open(nameOf(caller, origin.sourceIp));
    // It has limits of its own, and is no request under way.
    allowance.end();
    exchange.work.takesLong({ time: longest + BEYOND, cpu: Number.POSITIVE_INFINITY });
    const controller = new AbortController();
    const { signal } = controller;
    const deadline = setTimeout(() => stream.end(tooLong(longest)), longest);
    const stream: OpenStream = {
      live: {
        signal,
        renew: () => this.#renew(exchange, facts, workLimits, clock()),
        spend: async (cost) => {
          for (let pause = allowance.pause(); pause > 0; pause = allowance.pause()) await sleep(pause, signal);
          allowance.spend(cost);
        },
        watch: (requests) => counted.watch(requests),
      },
      end: (reason) => controller.abort(reason ?? GONE),
      close: () => {
        clearTimeout(deadline);
        counted.end();
        this.#open.delete(stream);
        controller.abort(GONE);
      },
    };
    this.#open.add(stream);
    if (this.#stopping) stream.end(STOPPING);
    return stream;
  }

  /** Ends all of them: their clients go on elsewhere. */
  stop(): void {
    this.#stopping = true;
    for (const stream of this.#open) stream.end(STOPPING);
  }

  async #renew(
    exchange: Exchange,
    facts: RequestFacts,
    workLimits: WorkLimits | undefined,
    now: number,
  ): Promise<GatewayContext> {
    const caller = await this.#parts.callerAgain(exchange, now);
    if (caller === null || identityOf(caller) !== identityOf(facts.caller))
      throw new AuthenticationError('ExpiredToken');
    const work = new Work(workLimits);
    work.begin();
    const { allowance: _counted, ...rest } = facts;
    return this.#parts.contextOf({ ...rest, caller, now, work }, {});
  }
}

/** Whom a caller is, and with which credentials. */
function identityOf(caller: Caller): string {
  if (caller.kind === 'checker') return `checker ${caller.checker.id}`;
  if (caller.kind !== 'principal') return caller.kind;
  return [principalIdOf(caller.ref), caller.keyId, caller.session?.id, caller.keySession?.id].join(' ');
}

/** Nobody reads it. */
const GONE = new RolegateError('CANCELLED', 'the client has gone');
const STOPPING = new RolegateError('STOPPING', 'the gateway stops: subscribe again, with `since` where there is one');

function tooLong(longest: number): RolegateError {
  const message = `the subscription was open for ${longest / 1000} s, which is the limit: subscribe again, with \`since\` where there is one`;
  return new RolegateError('TIMED_OUT', message);
}

/** Rejects with the reason when `signal` is aborted. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}
