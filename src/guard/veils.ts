import type { Access } from '../access/access.ts';
import { withMfaKeys } from '../access/key-session.ts';
import type { Answer, Question, Subject } from '../access/question.ts';
import { carriedOnBy } from '../access/subject.ts';
import type { ContextValue, RequestContext } from '../evaluation/request.ts';
import { type PassedOn, type PolicyInPlace, Veil } from '../evaluation/veil.ts';
import type { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { PrincipalCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import { meetingOf } from './decision-loader.ts';
import { eachInTurns } from './each-in-turns.ts';
import { maySimulate } from './may-simulate.ts';
import type { MaybePromise } from './maybe-promise.ts';
import { ownContext } from './permission.ts';
import { mayReadPolicy } from './readable-policy.ts';

// What a question may suppose. Who holds iam:SimulatePrincipalPolicy on the principal asked about may suppose everything, as at AWS.
// Everybody may ask about itself without it; but then what it supposes does not count for policies of others that it may not read, so
// that no number of questions finds out what stands in them. To call is another matter: that is exact, counted and kept in the trail.

/** Whether a caller asks about itself. */
function isItself({ caller }: GuardContext, { principal }: Pick<Subject, 'principal'>): boolean {
  return caller.kind === 'principal' && principalIdOf(caller.ref) === principalIdOf(principal);
}

/** The condition keys of the HTTP request itself, with those of the credentials that it is made with. */
function hadByCall(context: GuardContext, { keySession, session }: PrincipalCaller): RequestContext {
  const own = ownContext(context);
  return keySession === undefined || session !== null ? own : withMfaKeys(own, keySession, context.now);
}

/** Whether a question supposes anything that the call does not have itself. */
function supposes(had: RequestContext, { context, subject: { session } }: Question): boolean {
  for (const [name, value] of context) if (!isSame(had.get(name), value)) return true;
  if (session === null) return false;
  const { sessionPolicies: _policies, sessionPolicyArns: _arns, ...keys } = session;
  return Object.values(keys).some((value) => value !== undefined);
}

function isSame(one: ContextValue | undefined, other: ContextValue): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** Whether a question is about the caller itself and supposes what it may not, unless it may simulate. */
export function isBehindVeil(context: GuardContext, question: Question): boolean {
  const { caller } = context;
  return (
    caller.kind === 'principal' && isItself(context, question.subject) && supposes(hadByCall(context, caller), question)
  );
}

/**
 * The answers to questions of which some are about the caller itself and suppose what it may not; null: none is. `decide` answers
 * the others.
 */
export function answersBehindVeil(
  context: GuardContext,
  questions: readonly Question[],
  decide: (questions: readonly Question[]) => MaybePromise<readonly (Answer | Error)[]>,
): Promise<readonly (Answer | Error)[]> | null {
  const { caller } = context;
  if (caller.kind !== 'principal') return null;
  const isVeiled = veiledAmong(context, questions);
  return isVeiled === null ? null : answerBoth(context, caller, questions, isVeiled, decide);
}

/** Which questions are behind the veil; null: none. Looked at once for questions that share their subject and context. */
function veiledAmong(context: GuardContext, questions: readonly Question[]): readonly boolean[] | null {
  let last: Question | null = null;
  let isBehind = false;
  let isAny = false;
  const veiled = questions.map((question) => {
    if (last === null || question.subject !== last.subject || question.context !== last.context)
      isBehind = isBehindVeil(context, question);
    last = question;
    isAny ||= isBehind;
    return isBehind;
  });
  return isAny ? veiled : null;
}

async function answerBoth(
  context: GuardContext,
  caller: PrincipalCaller,
  questions: readonly Question[],
  isVeiled: readonly boolean[],
  decide: (questions: readonly Question[]) => MaybePromise<readonly (Answer | Error)[]>,
): Promise<readonly (Answer | Error)[]> {
  if (await maySimulate(context, caller.ref)) return decide(questions);
  const own = questions.filter((_question, index) => isVeiled[index] === true);
  const others = questions.filter((_question, index) => isVeiled[index] !== true);
  const veils = new Veils(context, hadByCall(context, caller), passedOnBy(caller));
  const [behind, plain] = await Promise.all([
    veils.run(async (veil) => context.access.behind(veil).decideEach(own, context.now, meetingOf(context))),
    others.length === 0 ? [] : decide(others),
  ]);
  const [left, right] = [behind.values(), plain.values()];
  return questions.map((_question, index) => {
    const { value } = (isVeiled[index] === true ? left : right).next();
    return value ?? new Error('a question without an answer');
  });
}

/**
 * Runs a search, or works out a closed form, about `subject`, as far as the caller may know: what it answers would say outright what
 * stands in a policy. So conditions of policies that the caller may not read are settled: for the caller itself by what its call
 * has, for who may simulate by `given` as well; null: nothing is hidden from who may simulate, for work that answers decisions alone.
 */
export async function asFarAsKnown<T>(
  context: GuardContext,
  subject: Subject,
  given: RequestContext | null,
  work: (access: Access, veil: Veil | null) => Promise<T>,
): Promise<T> {
  const { access, caller } = context;
  if (caller.kind !== 'principal') return work(access, null);
  const isLimited = await knowsItselfAlone(context, subject);
  if (!isLimited && given === null) return work(access, null);
  const veils = isLimited
    ? new Veils(context, hadByCall(context, caller), passedOnBy(caller))
    : new Veils(context, given ?? new Map(), null);
  return veils.run((veil) => work(access.behind(veil), veil));
}

/** Whether the caller asks about itself, and may not simulate: what it supposes does not count for policies that it may not read. */
export async function knowsItselfAlone(context: GuardContext, subject: Subject): Promise<boolean> {
  const { kind } = context.caller;
  return kind === 'principal' && isItself(context, subject) && !(await maySimulate(context, subject.principal));
}

/** The veils of a search for principals, which are asked about one by one: see WhoCanScope. */
export async function behindVeils(
  context: GuardContext,
  given: RequestContext,
  questions: readonly Question[],
  decide: (questions: readonly Question[], veil: Veil | null) => Promise<readonly (Answer | RolegateError)[]>,
): Promise<readonly (Answer | RolegateError)[]> {
  const { caller } = context;
  if (caller.kind !== 'principal') return decide(questions, null);
  const veils = new Veils(context, given, null);
  const answers = await veils.run((veil) => decide(questions, veil));
  const at = questions.findIndex(({ subject }) => isItself(context, subject));
  const own = questions[at];
  if (own === undefined || (await maySimulate(context, caller.ref))) return answers;
  const limited = new Veils(context, hadByCall(context, caller), passedOnBy(caller));
  const [answer] = await limited.run((veil) => decide([own], veil));
  return answers.map((one, index) => (index === at && answer !== undefined ? answer : one));
}

/** What a session of a role gets from the caller's own, whatever the question says. */
function passedOnBy({ session }: PrincipalCaller): PassedOn {
  return carriedOnBy(session, session?.sourceIdentity ?? null);
}

/** Greatest number of times that the same work is done: each finds policies of which it was not known whether they are readable. */
const MOST_ROUNDS = 8;

/** Policies by their place, and whether the caller may read them. */
type Readable = Map<string, boolean>;

/**
 * Looks up whether a policy may be read, and notes those of which it is not known. What is worked out behind a veil can be kept for
 * longer than the request: this holds nothing of the request.
 */
function lookedUpIn(readable: Readable, met: Map<string, PolicyInPlace>): (policy: PolicyInPlace) => boolean {
  return (policy) => {
    const key = `${policy.layer} ${policy.arn ?? policy.holder}`;
    const known = readable.get(key);
    if (known === undefined) met.set(key, policy);
    return known ?? false;
  };
}

/** The veil of one caller, for work that does not wait to be told what the caller may read. */
class Veils {
  readonly #context: GuardContext;
  readonly #had: RequestContext;
  readonly #passedOn: PassedOn | null;
  readonly #readable: Readable = new Map();

  constructor(context: GuardContext, had: RequestContext, passedOn: PassedOn | null) {
    this.#context = context;
    this.#had = had;
    this.#passedOn = passedOn;
  }

  /** Runs `work`, again whenever it met policies of which it is not known yet whether the caller may read them. */
  async run<T>(work: (veil: Veil) => Promise<T>): Promise<T> {
    for (let round = 0; ; round += 1) {
      const met = new Map<string, PolicyInPlace>();
      const result = await work(new Veil(this.#had, this.#passedOn, lookedUpIn(this.#readable, met))).catch(
        (error: unknown) => {
          if (met.size === 0 || round >= MOST_ROUNDS) throw error;
          return null;
        },
      );
      // Beyond the rounds nothing is taken for readable that is not known to be.
      if (result !== null && (met.size === 0 || round >= MOST_ROUNDS)) return result;
      const policies = [...met.values()];
      const readable = await eachInTurns(this.#context, policies, (policy) => mayReadPolicy(this.#context, policy));
      for (const [index, key] of [...met.keys()].entries()) this.#readable.set(key, readable[index] === true);
    }
  }
}
