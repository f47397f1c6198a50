import type { Answer, Question, Subject } from '../access/question.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import { originContext } from '../session/call.ts';
import { type PrincipalCaller, subjectOf } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import { decideInRequest } from './decision-loader.ts';
import { andThen, type MaybePromise } from './maybe-promise.ts';
import { readsForOrganization } from './organization-reader.ts';

/** An action of AWS that the caller needs to be allowed, and its resource. */
export interface Permission {
  readonly action: string;
  /** An ARN, or `*` for an action without resource types. */
  readonly resource: string;
  /** The account that the request is about; null: the resource's ARN names it. */
  readonly account: string | null;
  /** Condition keys made from the parameters of the operation, as AWS makes them: iam:PolicyARN … Left out: none. */
  readonly context?: RequestContext;
  /**
   * Of kms:RetireGrant, the id of the grant: nobody has the right because of another grant of the key, or of the key's policy. Left
   * out: whatever allows it counts.
   */
  readonly byGrant?: string;
}

/** Whether the caller has a permission, and the decision behind it; null: the caller is the operator or not signed in. */
export interface Verdict {
  readonly allowed: boolean;
  readonly answer: Answer | null;
}

const subjects = new WeakMap<PrincipalCaller, Map<string | null, Subject>>();

/**
 * The caller as the subject of a question: as itself, or in the session that it calls with; from there in a role that it
 * assumes, if one is given. One object for each role: questions that share a subject are resolved once.
 */
export function callerSubject(caller: PrincipalCaller, assumedRole: string | null = null): Subject {
  const ofCaller = subjects.get(caller) ?? new Map<string | null, Subject>();
  subjects.set(caller, ofCaller);
  const subject = ofCaller.get(assumedRole) ?? { ...subjectOf(caller), assumedRole };
  ofCaller.set(assumedRole, subject);
  return subject;
}

const contexts = new WeakMap<object, RequestContext>();

/**
 * The condition keys of the HTTP request itself, as the server knows it. The gateway's own access control is decided with
 * these keys, and with nothing that the client says about itself.
 */
export function ownContext({ request, origin }: GuardContext): RequestContext {
  const known = contexts.get(request);
  if (known !== undefined) return known;
  const made = originContext(origin);
  contexts.set(request, made);
  return made;
}

/**
 * Whether the caller is allowed this, decided by the same evaluator as all questions: at once if what it needs is in memory. The
 * operator is always allowed. Rejects with NOT_FOUND for a caller that is no longer in the directory.
 */
export function mayDo(context: GuardContext, permission: Permission): MaybePromise<boolean> {
  const { caller } = context;
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  return andThen(
    decisionOn(context, caller, permission),
    (answer) => isAllowed(answer, caller, permission) || readsForOrganization(context, caller, permission, answer),
  );
}

/** As `mayDo`, with the decision. */
export function verdictOn(context: GuardContext, permission: Permission): MaybePromise<Verdict> {
  const { caller } = context;
  if (caller.kind !== 'principal') return { allowed: caller.kind === 'operator', answer: null };
  return andThen(decisionOn(context, caller, permission), (answer) => {
    if (isAllowed(answer, caller, permission)) return { allowed: true, answer };
    return andThen(readsForOrganization(context, caller, permission, answer), (allowed) => ({ allowed, answer }));
  });
}

/**
 * A grant says who retires it. Its key's account, too, and whom that lets by a policy of their own; the key's policy lets nobody.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
 */
function isAllowed({ decision }: Answer, { ref }: PrincipalCaller, { byGrant, resource }: Permission): boolean {
  if (byGrant === undefined || !decision.allowed) return decision.allowed;
  const statements = decision.matchedStatements;
  if (statements.some(({ layer, policy }) => layer === 'KMS_GRANT' && policy === byGrant)) return true;
  const ofAccount = 'accountId' in ref && ref.accountId === parseArn(resource)?.accountId;
  return ofAccount && (ref.kind === 'root' || statements.some(({ layer }) => layer === 'IDENTITY_POLICY'));
}

function decisionOn(
  context: GuardContext,
  caller: PrincipalCaller,
  { action, resource, account, context: keys }: Permission,
): MaybePromise<Answer> {
  const own = ownContext(context);
  const question: Question = {
    subject: callerSubject(caller),
    action,
    resource,
    resourceAccount: account,
    context: keys === undefined ? own : new Map([...own, ...keys]),
    path: '',
  };
  return andThen(decideInRequest(context, [question]), ([answer]) => {
    if (answer === undefined) throw new Error('a question without an answer');
    return answer instanceof Error ? Promise.reject(answer) : answer;
  });
}
