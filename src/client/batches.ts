import { questionOf } from './documents.ts';
import { type Answer, type Connection, errorOf, post } from './transport.ts';
import type { CallOptions, Check, DecisionFields, Failure, Verdict } from './types.ts';

/** A check that waits for its verdict. */
interface Waiting {
  readonly check: Check;
  /** The first call counts. */
  readonly settle: (verdict: Verdict) => void;
}

/** Checks that are asked together. */
interface Batch {
  readonly waiting: Set<Waiting>;
  readonly timeoutMs: number;
  /** Ends its request. Null: it is not sent yet. */
  control: AbortController | null;
}

/** Collects the checks of one turn of the event loop, and asks them in one request. */
export class Batches {
  readonly #connection: Connection;
  readonly #most: number;
  readonly #onFailure: (failure: Failure) => void;
  /** Not sent yet, by the milliseconds that their checks may take. */
  #open = new Map<number, Batch>();

  constructor(connection: Connection, most: number, onFailure: (failure: Failure) => void) {
    this.#connection = connection;
    this.#most = most;
    this.#onFailure = onFailure;
  }

  /** The verdict; a denial with a failure where there is none in time. Rejects only where the signal of the call ends it. */
  ask(check: Check, { signal, timeoutMs }: CallOptions & { readonly timeoutMs: number }): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const batch = this.#batchOf(timeoutMs);
      const leave = (): void => {
        batch.waiting.delete(waiting);
        if (batch.waiting.size === 0) batch.control?.abort();
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const waiting: Waiting = {
        check,
        settle: (verdict) => {
          leave();
          resolve(verdict);
          if (verdict.failure !== null) this.#tell(verdict.failure);
        },
      };
      signal?.addEventListener('abort', abort);
      batch.waiting.add(waiting);
    });
  }

  /** What is wrong with whoever is told keeps no check from its verdict. */
  #tell(failure: Failure): void {
    try {
      this.#onFailure(failure);
    } catch {
      // The verdict has the failure, too.
    }
  }

  #batchOf(timeoutMs: number): Batch {
    const known = this.#open.get(timeoutMs);
    if (known !== undefined && known.waiting.size < this.#most) return known;
    const batch: Batch = { waiting: new Set(), timeoutMs, control: null };
    // What is full is sent as well: it only takes no more.
    this.#open.set(timeoutMs, batch);
    afterThisTurn(() => {
      if (this.#open.get(timeoutMs) === batch) this.#open.delete(timeoutMs);
      void send(this.#connection, batch);
    });
    return batch;
  }
}

/** When all that this turn of the event loop still does has been done. */
function afterThisTurn(work: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(work);
  else setTimeout(work, 0);
}

async function send(connection: Connection, batch: Batch): Promise<void> {
  const { waiting, timeoutMs } = batch;
  const asked = [...waiting];
  if (asked.length === 0) return;
  const control = new AbortController();
  batch.control = control;
  const until = performance.now() + timeoutMs;
  const late = setTimeout(() => {
    const failure = { code: 'TIMEOUT', message: `the gateway did not answer within ${timeoutMs} ms` };
    for (const each of waiting) each.settle(undecided(failure));
  }, timeoutMs);
  try {
    const question = questionOf(asked.map(({ check }) => check));
    const body = JSON.stringify({ query: question.query, variables: question.variables });
    const answer = await post(connection, body, control.signal, until);
    const verdictOf = reading(answer, question.field);
    for (const [index, each] of asked.entries()) if (waiting.has(each)) each.settle(verdictOf(index));
  } catch (error) {
    const message = `the question could not be asked: ${error instanceof Error ? error.message : 'no reason is given'}`;
    for (const each of waiting) each.settle(undecided({ code: 'UNREACHABLE', message }));
  } finally {
    clearTimeout(late);
  }
}

/** A denial, because there is no decision. */
export function undecided(failure: Failure): Verdict {
  return { allowed: false, effect: null, deniedBy: null, reason: failure.message, failure };
}

const UNREADABLE: Failure = { code: 'UNREACHABLE', message: 'the answer of the gateway cannot be read' };

/** The verdict on the check at a place in the list. */
function reading(answer: Answer, field: string): (index: number) => Verdict {
  if ('failure' in answer) return () => undecided(answer.failure);
  const { data, errors } = answer.json as {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: unknown;
  }; // as: JSON of which every part is looked at before it is used
  const all: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const [general = UNREADABLE] = all.flatMap((error) => (placeOf(error) === null ? (errorOf(error) ?? []) : []));
  const byPlace = new Map(all.map((error) => [placeOf(error), errorOf(error)]));
  const list = data?.[field];
  return (index) => {
    const one: unknown = Array.isArray(list) ? list[index] : null;
    if (isDecision(one)) {
      const { effect, deniedBy, reason } = one;
      return { allowed: effect === 'ALLOWED', effect, deniedBy, reason, failure: null };
    }
    return undecided(byPlace.get(index) ?? general);
  };
}

/** The place in the list that an error is about; null: it is about no single one. */
function placeOf(error: unknown): number | null {
  const { path } = (error ?? {}) as { readonly path?: unknown }; // as: any JSON
  const place: unknown = Array.isArray(path) ? path[1] : null;
  return typeof place === 'number' ? place : null;
}

function isDecision(value: unknown): value is DecisionFields {
  if (typeof value !== 'object' || value === null) return false;
  const { effect, reason } = value as Partial<Record<keyof DecisionFields, unknown>>; // as: an object
  return (
    typeof reason === 'string' && (effect === 'ALLOWED' || effect === 'EXPLICIT_DENY' || effect === 'IMPLICIT_DENY')
  );
}
