import DataLoader from 'dataloader';
import type { Answer, HypotheticalSession, Question, Subject } from '../access/question.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';

/** How long the first question of an HTTP request waits for others, in milliseconds. */
const WINDOW = 1;

type DecisionLoader = DataLoader<Question, Answer, string>;

const loaders = new WeakMap<object, DecisionLoader>();

/**
 * The one place where all permission questions of an HTTP request meet, from any field, any level and any operation of a
 * batch. They are decided together; a question asked twice is decided once. Errors name the inputs of a question without
 * its place: `action`.
 */
export function decisionLoader(context: GuardContext): DecisionLoader {
  const known = loaders.get(context.request);
  if (known !== undefined) return known;
  const { access, now } = context;
  const loader = new DataLoader<Question, Answer, string>(
    (questions) => access.decideEach(questions.map(withoutPlace), now),
    {
      cacheKeyFn: questionKey,
      batchScheduleFn: (dispatch) => setTimeout(dispatch, WINDOW),
    },
  );
  loaders.set(context.request, loader);
  return loader;
}

/** By loader: what was decided without waiting. */
const decided = new WeakMap<DecisionLoader, Map<string, Answer>>();

/**
 * The answer to a question of the gateway itself, which has no place in the request; asked again in the request it is not
 * decided again. Waits for others only if something has to be read from the database. Throws its error.
 */
export async function decideInRequest(context: GuardContext, question: Question): Promise<Answer> {
  const loader = decisionLoader(context);
  const answers = decided.get(loader) ?? new Map<string, Answer>();
  decided.set(loader, answers);
  const key = questionKey(question);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const [now] = context.access.decideNow([question], context.now) ?? [];
  if (now === undefined) return loader.load(question);
  if (now instanceof Error) throw now;
  answers.set(key, now);
  return now;
}

function withoutPlace({ fields: _fields, ...question }: Question): Question {
  return { ...question, path: '' };
}

/** Questions asked after this in the HTTP request are decided anew, because something has changed. */
export function forgetDecisions({ request }: GuardContext): void {
  loaders.delete(request);
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
