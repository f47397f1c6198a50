import { type Answer, fieldOf, type Question, type Subject, withSubject } from '../access/question.ts';
import { noSuchRole } from '../access/subject.ts';
import { RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import type { CheckerCaller } from '../session/caller.ts';
import { asMaker, isInScope, isItsAction, isRoleInScope, notItsAction } from './checker.ts';
import type { GuardContext } from './context.ts';
import { type Answers, decideInRequest, meetingOf } from './decision-loader.ts';
import { ASK_ACTION, maySimulate } from './may-simulate.ts';
import { allOf, andThen, attempt, type MaybePromise } from './maybe-promise.ts';
import { callerSubject } from './permission.ts';
import { mayRead } from './readable.ts';
import { needsAny, type Ruling } from './ruling.ts';
import { answersBehindVeil, isBehindVeil } from './veils.ts';

/**
 * Answers in the order of `questions`, with an error in place of each one that could not be answered: at once if everything that
 * they need is in memory. Questions that the caller may not ask are decided together with the others, and their answers are
 * discarded. A role that does not exist is answered like one that the principal may not assume, unless the caller may read it.
 */
export function askEach(context: GuardContext, questions: readonly Question[]): MaybePromise<Answers> {
  const { watch } = context;
  if (watch === undefined) return answerEach(context, questions);
  const answer = (): MaybePromise<Answers> => answerEach(context, questions);
  const answers = watch.around === undefined ? answer() : watch.around('decide', questions.length, answer);
  return andThen(answers, (known) => {
    watch.answered(context, questions, known);
    return known;
  });
}

function answerEach(context: GuardContext, questions: readonly Question[]): MaybePromise<Answers> {
  const own = asCallerMayKnow(context, questions);
  const decided = (some: readonly Question[]): MaybePromise<Answers> => decideInRequest(context, some);
  const answers = attempt(() => answersBehindVeil(context, own, decided) ?? decided(own));
  const refusals = attempt(() => refusalsOf(context, own));
  const knowsRole = attempt(() => mayKnowRoles(context, own));
  if (answers instanceof Promise || refusals instanceof Promise || knowsRole instanceof Promise)
    return Promise.all([answers, refusals, knowsRole]).then((known) => answersFor(own, ...known));
  return answersFor(own, answers, refusals, knowsRole);
}

function answersFor(
  questions: readonly Question[],
  answers: Answers,
  refusals: Refusals | null,
  knowsRole: ReadonlyMap<Subject, boolean>,
): Answers {
  if (refusals === null && knowsRole.size === 0) return answers;
  return answers.map((answer, index) => {
    const question = questions[index];
    if (question === undefined) return answer;
    const refusal = refusals?.(question) ?? null;
    if (refusal !== null) return refusal;
    if (answer instanceof Error) return answer;
    return answer.roleIsAbsent === true && knowsRole.get(question.subject) === true ? noSuchRole(question) : answer;
  });
}

/** Asks one question, for a field anywhere in the answer. Throws its error, or rejects with it if it was waited for. */
export function ask(context: GuardContext, question: Question): MaybePromise<Answer> {
  return andThen(askEach(context, [question]), ([answer]) => {
    if (answer === undefined) throw new Error('a question without an answer');
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

/**
 * On which of `resources` the subject of a question may do what it asks, in their order; the question's own resource does not count.
 * Null: it cannot be said of all of them, or of some the caller may know less, and `askEach` answers each.
 */
export function askAmong(
  context: GuardContext,
  question: Question,
  resources: readonly string[],
): MaybePromise<readonly boolean[] | null> {
  const { access, now } = context;
  const [own = question] = asCallerMayKnow(context, [question]);
  if (isBehindVeil(context, own)) return null;
  const allowed = attempt(() => access.allowedAmong(own, resources, now, meetingOf(context)));
  const refusals = attempt(() => refusalsOf(context, [own]));
  const unlessRefused = (known: readonly boolean[] | null, refused: Refusals | null): readonly boolean[] | null => {
    if (known === null || (refused?.(own) ?? null) !== null) return null;
    context.watch?.answeredAmong(context, own, resources, known);
    return known;
  };
  if (allowed instanceof Promise || refusals instanceof Promise)
    return Promise.all([allowed, refusals]).then((known) => unlessRefused(...known));
  return unlessRefused(allowed, refusals);
}

/** Why the caller may not ask a question; null: it may. */
type Refusals = (question: Question) => RolegateError | null;

/** Why the caller may not ask questions; null: it may ask all of them. Decided once for each subject. */
function refusalsOf(context: GuardContext, questions: readonly Question[]): MaybePromise<Refusals | null> {
  const { caller } = context;
  if (caller.kind === 'operator') return null;
  // Questions of a batch share the objects of their subjects.
  const subjects = [...subjectsOf(questions)];
  const verdicts = allOf(subjects.map((subject) => mayAskAbout(context, subject.principal)));
  return andThen(verdicts, (allowed) => {
    const isChecker = caller.kind === 'checker';
    if (!isChecker && !allowed.includes(false)) return null;
    const known = new Map(subjects.map((subject, index) => [subject, allowed[index] === true]));
    return (question) => {
      const beyond = isChecker ? beyondChecker(caller, question) : null;
      if (beyond !== null || known.get(question.subject) === true) return beyond;
      return mayNotAsk(question.subject.principal, fieldOf(question, 'principal'));
    };
  });
}

function subjectsOf(questions: readonly Question[]): ReadonlySet<Subject> {
  const subjects = new Set<Subject>();
  let last: Subject | null = null;
  for (const { subject } of questions) {
    if (subject === last) continue;
    last = subject;
    subjects.add(subject);
  }
  return subjects;
}

/** Why a checker was not made for a question; null: it was. */
function beyondChecker(caller: CheckerCaller, question: Question): RolegateError | null {
  const { principal, assumedRole } = question.subject;
  if (!isItsAction(caller, question.action)) return notItsAction(question.action, fieldOf(question, 'action'));
  // In the role it would be told about a principal of the role's account.
  if (assumedRole !== null && !isRoleInScope(caller, assumedRole))
    return mayNotAsk(principal, fieldOf(question, 'principal'));
  return null;
}

/**
 * Whether the caller may ask what `principal` may do. Everyone may ask about themselves, the operator about everyone; a
 * checker about those of its scope, as long as its maker is allowed to, also where that is its maker itself.
 */
export function mayAskAbout(context: GuardContext, principal: PrincipalRef): MaybePromise<boolean> {
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

/** Whether the caller may know if the assumed roles exist, where answers conceal that. */
function mayKnowRoles(
  context: GuardContext,
  questions: readonly Question[],
): MaybePromise<ReadonlyMap<Subject, boolean>> {
  if (context.caller.kind === 'operator') return NOTHING_CONCEALED;
  const concealed = [...subjectsOf(questions)].filter(({ roleConcealed }) => roleConcealed === true);
  if (concealed.length === 0) return NOTHING_CONCEALED;
  const verdicts = allOf(concealed.map((subject) => mayKnowRole(context, subject)));
  return andThen(verdicts, (known) => new Map(concealed.map((subject, index) => [subject, known[index] === true])));
}

const NOTHING_CONCEALED: ReadonlyMap<Subject, boolean> = new Map();

/** Whether the caller may know if the assumed role exists. */
function mayKnowRole(context: GuardContext, { assumedRole }: Subject): MaybePromise<boolean> {
  return assumedRole === null || mayRead(context, 'Role', assumedRole);
}

/** Several sessions can have the caller's ARN: a question about the caller itself is about the session that asks. */
function asCallerMayKnow(context: GuardContext, questions: readonly Question[]): readonly Question[] {
  if (context.caller.kind === 'operator') return questions;
  let last: Subject | null = null;
  let meant: Subject | null = null;
  return questions.map((question) => {
    const { subject } = question;
    if (meant === null || subject !== last) meant = concealingRole(context, ownSubject(context, subject));
    last = subject;
    return meant === subject ? question : withSubject(question, meant);
  });
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
