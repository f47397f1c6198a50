import type { Answer, Question } from '../access/question.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';

/** The request that is answered, as far as it is told. */
export interface WatchedRequest {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly origin: CallOrigin;
}

/** Is told of what callers were answered, and of what they did: for metrics, and for a log of decisions. Callers wait for what it does. */
export interface Watch {
  /**
   * `answers`: in the order of the questions; an error is that of a question that was not answered. Of an answer the effect, the layer
   * that denied and the revision count: it can stand for several questions.
   */
  answered(request: WatchedRequest, questions: readonly Question[], answers: readonly (Answer | Error)[]): void;
  /** One question on several resources. `allowed`: in their order. */
  answeredAmong(
    request: WatchedRequest,
    question: Question,
    resources: readonly string[],
    allowed: readonly boolean[],
  ): void;
  /** Runs what decides, or reads, so many together. Left out: as it is. */
  around?<T>(part: 'decide' | 'gather', count: number, run: () => T | Promise<T>): T | Promise<T>;
  /** An operation of the table (`operations.ts`) is done, or its guard has refused it, or its work has failed. */
  performed(operation: string, outcome: 'done' | 'refused' | 'failed'): void;
}
