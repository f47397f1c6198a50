import type { Question } from '../access/question.ts';
import type { GuardContext } from './context.ts';
import type { Answers } from './decision-loader.ts';
import type { OperationName } from './operations.ts';

/** Is told of what callers were answered, and of what they did: for metrics, and for a log of decisions. Callers wait for what it does. */
export interface Watch {
  /** `answers`: in the order of the questions. */
  answered(context: GuardContext, questions: readonly Question[], answers: Answers): void;
  /** One question on several resources. `allowed`: in their order. */
  answeredAmong(
    context: GuardContext,
    question: Question,
    resources: readonly string[],
    allowed: readonly boolean[],
  ): void;
  /** Runs what decides, or reads, so many together. Left out: as it is. */
  around?<T>(part: 'decide' | 'gather', count: number, run: () => T | Promise<T>): T | Promise<T>;
  /** An operation is done, or its guard has refused it, or its work has failed. */
  performed(operation: OperationName, outcome: 'done' | 'refused' | 'failed'): void;
}
