import type { Answer, Question, Subject } from '../access/question.ts';
import { fieldOf, type QuestionField } from '../access/question.ts';
import { noSuchRole } from '../access/subject.ts';
import { RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import { asMaker, isInScope, isItsAction, isRoleInScope, notItsAction } from './checker.ts';
import type { GuardContext } from './context.ts';
import { decisionLoader } from './decision-loader.ts';
import { ASK_ACTION, maySimulate } from './may-simulate.ts';
import { callerSubject } from './permission.ts';
import { mayRead } from './readable.ts';
import { needsAny, type Ruling } from './ruling.ts';
import { answersBehindVeil } from './veils.ts';

/**
 * Answers in the order of `questions`, with an error in place of each one that could not be answered. Questions that the
 * caller may not ask are decided together with the others, and their answers are discarded. A role that does not exist is
 * answered like one that the principal may not assume, unless the caller may read it.
 */
export async function askEach(context: GuardContext, questions: readonly Question[]): Promise<(Answer | Error)[]> {
  const own = questions.map((question) => asCallerMayKnow(context, question));
  const [answers, refusals, knowsRole] = await Promise.all([
    answersBehindVeil(context, own, (some) => decided(context, some)) ?? decided(context, own),
    refusalsOf(context, own),
    mayKnowRoles(context, own),
  ]);
  return answers.map((answer, index) => {
    const question = own[index];
    if (question === undefined) return answer;
    const refusal = refusals === null ? null : refusals[index];
    if (refusal !== null) return refusal ?? new Error('a question without a ruling');
    if (answer instanceof Error) return answer;
    return answer.roleIsAbsent === true && knowsRole[index] === true ? noSuchRole(question) : answer;
  });
}

async function decided(context: GuardContext, questions: readonly Question[]): Promise<readonly (Answer | Error)[]> {
  return context.access.decideNow(questions, context.now) ?? loadEach(context, questions);
}

/** Answers for which the database has to be asked, together with all others of the request. */
async function loadEach(context: GuardContext, questions: readonly Question[]): Promise<(Answer | Error)[]> {
  const answers = await decisionLoader(context).loadMany(questions);
  return answers.map((answer, index) => {
    const question = questions[index];
    if (question === undefined) return answer;
    // A question asked twice was decided once; each answer names its own question.
    return answer instanceof Error ? atItsPlace(answer, question) : { ...answer, question };
  });
}

/** A question asked at several places is decided once; each of its errors names its own place. */
function atItsPlace(error: Error, question: Question): Error {
  if (!(error instanceof RolegateError) || error.field === null) return error;
  const [input = ''] = error.field.split(/[.[]/, 1);
  // as: the errors of a question without a place begin with the name of one of its inputs
  const field = `${fieldOf(question, input as QuestionField)}${error.field.slice(input.length)}`;
  return new RolegateError(error.code, error.message, { field, cause: error });
}

/** Asks one question, for a field anywhere in the answer. Throws its error. */
export async function ask(context: GuardContext, question: Question): Promise<Answer> {
  const [answer] = await askEach(context, [question]);
  if (answer === undefined) throw new Error('a question without an answer');
  if (answer instanceof Error) throw answer;
  return answer;
}

/** Why the caller may not ask questions, one by one; null: it may ask all of them. */
async function refusalsOf(
  context: GuardContext,
  questions: readonly Question[],
): Promise<readonly (RolegateError | null)[] | null> {
  if (context.caller.kind === 'operator') return null;
  // Questions of a batch share the objects of their subjects.
  const known = new Map<Subject, Promise<boolean>>();
  const mayAsk = (subject: Subject): Promise<boolean> => {
    const asked = known.get(subject) ?? mayAskAbout(context, subject.principal);
    known.set(subject, asked);
    return asked;
  };
  return Promise.all(questions.map((question) => refusalOf(context, question, mayAsk)));
}

/** Why the caller may not ask a question; null: it may. */
async function refusalOf(
  context: GuardContext,
  question: Question,
  mayAsk: (subject: Subject) => Promise<boolean>,
): Promise<RolegateError | null> {
  const { caller } = context;
  const { principal, assumedRole } = question.subject;
  if (caller.kind === 'checker') {
    if (!isItsAction(caller, question.action)) return notItsAction(question.action, fieldOf(question, 'action'));
    // In the role it would be told about a principal of the role's account.
    if (assumedRole !== null && !isRoleInScope(caller, assumedRole))
      return mayNotAsk(principal, fieldOf(question, 'principal'));
  }
  if (await mayAsk(question.subject)) return null;
  return mayNotAsk(principal, fieldOf(question, 'principal'));
}

/**
 * Whether the caller may ask what `principal` may do. Everyone may ask about themselves, the operator about everyone; a
 * checker about those of its scope, as long as its maker is allowed to, also where that is its maker itself.
 */
export async function mayAskAbout(context: GuardContext, principal: PrincipalRef): Promise<boolean> {
  const { caller } = context;
  switch (caller.kind) {
    case 'operator':
      return true;
    case 'anonymous':
      return false;
    case 'principal':
      return principalIdOf(caller.ref) === principalIdOf(principal) || maySimulate(context, principal);
    case 'checker':
      return isInScope(caller, principal) && asMaker(context, caller, false, (maker) => maySimulate(maker, principal));
    default:
      return caller satisfies never;
  }
}

/** Whether the caller may have requests decided on policies given with the question. */
export function maySimulateCustomPolicies(context: GuardContext): Ruling | Promise<Ruling> {
  return needsAny(context, [{ action: 'iam:SimulateCustomPolicy', resource: '*', account: null }]);
}

/**
 * Throws the error of `mayNotAsk` unless the caller may ask everything about `principal`, which is given as `field`. A checker
 * may not, whatever it may ask with `askEach`.
 */
export async function checkMayAskAbout(context: GuardContext, principal: PrincipalRef, field: string): Promise<void> {
  if (context.caller.kind === 'checker' || !(await mayAskAbout(context, principal))) throw mayNotAsk(principal, field);
}

/** The same error whether the principal exists or not. */
function mayNotAsk(principal: PrincipalRef, field: string): RolegateError {
  const id = principalIdOf(principal);
  return new RolegateError('FORBIDDEN', `asking about \`${id}\` needs ${ASK_ACTION} on it, which you are not allowed`, {
    field,
  });
}

/** For each question, whether the caller may know if the assumed role exists. */
async function mayKnowRoles(context: GuardContext, questions: readonly Question[]): Promise<readonly boolean[]> {
  if (!questions.some(({ subject }) => subject.roleConcealed)) return [];
  return Promise.all(questions.map(({ subject }) => mayKnowRole(context, subject)));
}

/** Whether the caller may know if the assumed role exists. */
async function mayKnowRole(context: GuardContext, { assumedRole }: Subject): Promise<boolean> {
  return assumedRole === null || mayRead(context, 'Role', assumedRole);
}

/** Several sessions can have the caller's ARN: a question about the caller itself is about the session that asks. */
function asCallerMayKnow(context: GuardContext, question: Question): Question {
  const subject = concealingRole(context, ownSubject(context, question.subject));
  return subject === question.subject ? question : { ...question, subject };
}

const concealing = new WeakMap<Subject, Subject>();

/** One object for each subject: questions that share a subject object are decided together. */
function concealingRole({ caller }: GuardContext, subject: Subject): Subject {
  if (caller.kind === 'operator' || subject.assumedRole === null) return subject;
  const known = concealing.get(subject) ?? { ...subject, roleConcealed: true };
  concealing.set(subject, known);
  return known;
}

/** The subject for a question that does not go through the loader, as `askEach` would use it. */
export async function subjectAsKnown(context: GuardContext, subject: Subject): Promise<Subject> {
  const own = ownSubject(context, subject);
  return (await mayKnowRole(context, own)) ? own : concealingRole(context, own);
}

/** `subject`; if the caller asks about itself, with the session that asks. */
export function ownSubject(context: GuardContext, subject: Subject): Subject {
  const { caller } = context;
  if (caller.kind !== 'principal' || (caller.session === null && caller.keySession === undefined)) return subject;
  if (principalIdOf(subject.principal) !== principalIdOf(caller.ref)) return subject;
  const own = callerSubject(caller);
  if (subject.assumedRole === null && subject.session === null) return own;
  const { heldSession = null, heldKeySession = null } = own;
  if (subject.heldSession === heldSession && subject.heldKeySession === heldKeySession) return subject;
  return { ...subject, heldSession, heldKeySession };
}
