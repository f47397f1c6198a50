import DataLoader from 'dataloader';
import { answerWith } from '../access/answer.ts';
import type { Answer, HypotheticalSession, Question, QuestionField, Subject } from '../access/question.ts';
import { fieldOf } from '../access/question.ts';
import type { Waiting } from '../access/together.ts';
import type { Gathered, Revision } from '../directory/directory.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** How long the first of an HTTP request that has to wait for the database waits for others, in milliseconds. */
const WINDOW = 1;

/** An answer, or the error of a question that cannot be answered. */
export type Answers = readonly (Answer | Error)[];

/**
 * The place where all questions of an HTTP request meet that have to wait, from any field, any level and any operation of a
 * batch: what they need is read together. Questions that can be decided from memory do not come here.
 */
class Meeting implements Waiting {
  readonly #context: GuardContext;
  readonly #missing: DataLoader<Question, Gathered>;
  readonly #patterns: DataLoader<Question, Answer, string>;
  decider: Waiting['decider'] = null;
  #since: Revision | null = null;
  #checking: Promise<Revision> | null = null;

  constructor(context: GuardContext) {
    const { access, now, watch } = context;
    this.#context = context;
    this.#missing = new DataLoader(
      async (questions) => {
        const load = (): Promise<Gathered> => access.load(questions, now, this.#since ?? undefined);
        const gathered = await (watch?.around === undefined ? load() : watch.around('gather', questions.length, load));
        return questions.map(() => gathered);
      },
      { cache: false, batchScheduleFn },
    );
    this.#patterns = new DataLoader<Question, Answer, string>(
      async (questions) => access.decideEach(questions.map(withoutPlace), now),
      { cacheKeyFn: questionKey, batchScheduleFn },
    );
  }

  get since(): Revision | null {
    return this.#since;
  }

  /** Once for each request: on a server, all that follows is decided on a state that is no older than this. */
  check(): Promise<Revision> {
    this.#checking ??= this.#context.directory.revision().then((revision) => {
      this.#since = revision;
      return revision;
    });
    return this.#checking;
  }

  async load(questions: readonly Question[]): Promise<Gathered> {
    const [gathered] = await Promise.all(questions.map((question) => this.#missing.load(question)));
    if (gathered === undefined) throw new Error('nothing was missing');
    return gathered;
  }

  /** Questions about patterns take several steps, and count towards one limit. One asked twice is decided once. */
  async decidePatterns(questions: readonly Question[]): Promise<Answers> {
    const answers = await this.#patterns.loadMany(questions);
    return answers.map((answer, index) => {
      const question = questions[index];
      if (question === undefined) return answer;
      return answer instanceof Error ? atItsPlace(answer, question) : answerWith(answer, { question });
    });
  }
}

function batchScheduleFn(dispatch: () => void): void {
  setTimeout(dispatch, WINDOW);
}

/**
 * A meeting knows its request again, so it is kept in it: an entry of a WeakMap that leads back to its key outlives the collections
 * that nearly all objects of a request end with, and so would the whole request.
 */
const MEETING = Symbol('meeting');

interface MeetingPlace {
  [MEETING]?: Meeting | undefined;
}

/** Where the questions of the HTTP request wait. Another one after each change. */
export function meetingOf(context: GuardContext): Waiting {
  return meeting(context);
}

function meeting(context: GuardContext): Meeting {
  const place: MeetingPlace = context.request;
  place[MEETING] ??= new Meeting(context);
  return place[MEETING];
}

/** Answers in the order of `questions`: at once if everything is in memory, else together with all that waits in the request. */
export function decideInRequest(context: GuardContext, questions: readonly Question[]): MaybePromise<Answers> {
  const { access, now } = context;
  const waiting = meeting(context);
  if (questions.some((question) => question.resourceIsPattern === true && access.isAboutPattern(question)))
    return waiting.decidePatterns(questions);
  return access.decideEach(questions, now, waiting);
}

/** Questions asked after this in the HTTP request are decided anew, because something has changed. */
export function forgetDecisions({ request }: GuardContext): void {
  const place: MeetingPlace = request;
  place[MEETING] = undefined;
}

function withoutPlace(question: Question): Question {
  const { fields: _fields, ...rest } = question;
  return { ...rest, path: '' };
}

/** A question asked at several places is decided once; each of its errors names its own place. */
function atItsPlace(error: Error, question: Question): Error {
  if (!(error instanceof RolegateError) || error.field === null) return error;
  const [input = ''] = error.field.split(/[.[]/, 1);
  // as: the errors of a question without a place begin with the name of one of its inputs
  const field = `${fieldOf(question, input as QuestionField)}${error.field.slice(input.length)}`;
  return new RolegateError(error.code, error.message, { field, cause: error });
}

/** Two questions with the same key have the same answer. The place of a question in the request is not part of its key. */
export function questionKey(question: Question): string {
  const {
    subject,
    action,
    resource,
    resourceIsPattern = false,
    furtherResources = [],
    resourceAccount,
    context,
    assumeContextKeys = true,
    tagsAsGiven = false,
  } = question;
  const further = furtherResources.length === 0 ? '' : JSON.stringify(furtherResources);
  return [
    subjectKey(subject),
    action.toLowerCase(),
    resourceIsPattern ? 'pattern' : '',
    resource,
    further,
    resourceAccount ?? '',
    contextKey(context),
    assumeContextKeys ? '' : 'unassuming',
    tagsAsGiven ? 'tags as given' : '',
  ].join('\n');
}

const subjectKeys = new WeakMap<Subject, string>();

function subjectKey(subject: Subject): string {
  const known = subjectKeys.get(subject);
  if (known !== undefined) return known;
  const { principal, heldSession, heldKeySession, assumedRole, session, roleConcealed } = subject;
  const key = JSON.stringify([
    principalIdOf(principal),
    (heldSession ?? heldKeySession)?.id ?? null,
    assumedRole,
    sessionKey(session),
    roleConcealed === true,
  ]);
  subjectKeys.set(subject, key);
  return key;
}

function sessionKey(session: HypotheticalSession | null): unknown {
  return session === null ? null : Object.entries(session).sort(byName);
}

const contextKeys = new WeakMap<RequestContext, string>();

function contextKey(context: RequestContext): string {
  if (context.size === 0) return '';
  const known = contextKeys.get(context);
  if (known !== undefined) return known;
  const key = JSON.stringify([...context].sort(byName));
  contextKeys.set(context, key);
  return key;
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
