import type { Answer, Question } from '../../access/question.ts';
import type { Watched } from '../../access/watch.ts';
import type { Touched } from '../../directory/apply/revision.ts';
import type { Revision, Watch } from '../../directory/directory.ts';
import { StoreUnavailable } from '../../directory/store-unavailable.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { askEach } from '../ask.ts';
import type { GuardContext } from '../context.ts';
import type { Answers } from '../decision-loader.ts';
import { isBehindVeil } from '../veils.ts';
import { COST_OF_DECIDING, type Live } from './live.ts';
import { Pending } from './pending.ts';

/** A decision that is another one now. An error stands in the place of an answer that there is not. */
export interface DecisionFlip {
  /** Its place in the list of requests. */
  readonly index: number;
  readonly before: Answer | Error;
  readonly after: Answer | Error;
}

/** Decisions that are other ones since a revision. */
export interface DecisionFlips {
  readonly revision: Revision;
  readonly flips: readonly DecisionFlip[];
}

/**
 * Decides all questions, and then again those that changes can touch, and tells which are allowed now and were not, or were and are
 * not. Rejects where one of them cannot be asked: BAD_USER_INPUT, FORBIDDEN. Resolves when all are decided for the first time:
 * nothing that changes after that is missed.
 */
export async function decisionFlips(
  live: Live,
  questions: readonly Question[],
): Promise<AsyncGenerator<DecisionFlips>> {
  live.watch(questions.length);
  const context = await live.renew();
  const pending = new Pending(context.directory.history, live.signal);
  try {
    const decisions = new WatchedDecisions(live, questions);
    await decisions.decide();
    return following(live, pending, decisions);
  } catch (error) {
    pending.close();
    throw error;
  }
}

async function* following(live: Live, pending: Pending, decisions: WatchedDecisions): AsyncGenerator<DecisionFlips> {
  try {
    for (;;) {
      live.signal.throwIfAborted();
      decisions.note(pending.take());
      let found: DecisionFlips | null = null;
      try {
        found = await decisions.decide();
      } catch (error) {
        // What is to be decided stays so until the database is back.
        if (!(error instanceof StoreUnavailable)) throw error;
      }
      if (found === null) await pending.next();
      else yield found;
    }
  } finally {
    pending.close();
  }
}

/** The questions of a subscription with their last answers. */
class WatchedDecisions {
  readonly #live: Live;
  readonly #questions: readonly Question[];
  readonly #answers: (Answer | Error | undefined)[] = [];
  readonly #watches: (Watch | null)[] = [];
  /** What can change what the caller may ask. */
  #ofCaller: Watch | null = null;
  readonly #due: Set<number>;

  constructor(live: Live, questions: readonly Question[]) {
    this.#live = live;
    this.#questions = questions;
    this.#due = new Set(questions.keys());
  }

  /** Null: too much to list. */
  note(touched: readonly Touched[] | null): void {
    if (touched !== null && touched.length === 0) return;
    const all = touched === null || (this.#ofCaller?.(touched) ?? true);
    for (const index of this.#questions.keys()) {
      const watch = this.#watches[index];
      if (all || watch == null || watch(touched)) this.#due.add(index);
    }
  }

  /** Decides what is due. Null: it is as it was. Throws where the caller may not ask any more. */
  async decide(): Promise<DecisionFlips | null> {
    if (this.#due.size > 0) await this.#live.spend(this.#due.size * COST_OF_DECIDING);
    // Also where nothing is due: the credentials may have ended.
    const context = await this.#live.renew();
    return this.#due.size === 0 ? null : this.#decideAgain([...this.#due], context);
  }

  async #decideAgain(due: readonly number[], context: GuardContext): Promise<DecisionFlips | null> {
    const questions = due.map((index) => this.#question(index));
    const answers = await askEach(context, questions);
    answers.forEach(checkAskable);
    const revision = revisionOf(answers) ?? context.directory.history.known;
    const watched = await context.access.watchEach(questions, context.now, revision);
    this.#ofCaller = await watchOfCaller(context, revision);
    const flips: DecisionFlip[] = [];
    for (const [place, index] of due.entries()) {
      const after = answers[place];
      if (after === undefined) continue;
      const before = this.#answers[index];
      if (before !== undefined && outcomeOf(before) !== outcomeOf(after)) flips.push({ index, before, after });
      this.#answers[index] = after;
      this.#keepWatch(context, index, watched[place], revision);
    }
    return flips.length === 0 ? null : { revision, flips };
  }

  /** What was read after the answer can hide what changed in between: the question is decided once more then. */
  #keepWatch(context: GuardContext, index: number, watched: Watched | undefined, revision: Revision): void {
    // Which policies its caller may read takes part, too.
    const isOpen = watched === undefined || isBehindVeil(context, this.#question(index));
    this.#watches[index] = isOpen ? null : watched.watch;
    if (watched?.revision === revision) this.#due.delete(index);
  }

  #question(index: number): Question {
    const question = this.#questions[index];
    if (question === undefined) throw new Error(`there is no question ${index}`);
    return question;
  }
}

/** Who may not ask is told so, and what cannot be asked will never be answered. What is not there now may be there later. */
function checkAskable(answer: Answer | Error): void {
  if (!(answer instanceof Error)) return;
  if (!(answer instanceof RolegateError) || answer.code !== 'NOT_FOUND') throw answer;
}

function outcomeOf(answer: Answer | Error): string {
  return answer instanceof Error ? 'none' : answer.decision.allowed ? 'allowed' : 'denied';
}

/** All answers of a batch are of one. Null: there is no answer. */
function revisionOf(answers: Answers): Revision | null {
  const answer = answers.find((each): each is Answer => !(each instanceof Error));
  return answer?.revision ?? null;
}

/** Changes that can touch what the caller may ask: none, if it is the operator. */
async function watchOfCaller({ caller, directory, now }: GuardContext, since: Revision): Promise<Watch> {
  const principals: PrincipalRef[] = [];
  if (caller.kind === 'principal') principals.push(caller.ref);
  if (caller.kind === 'checker' && caller.maker.kind === 'principal') principals.push(caller.maker.ref);
  if (principals.length === 0) return () => false;
  const gathered = await directory.gather({ principals, roles: [], resources: [], now }, since);
  return gathered.watch?.() ?? (() => true);
}
