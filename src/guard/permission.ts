import type { Answer, Subject } from '../access/question.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { originContext } from '../session/call.ts';
import { type PrincipalCaller, subjectOf } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import { decisionLoader } from './decision-loader.ts';
import { readsForOrganization } from './organization-reader.ts';

/** An action of AWS that the caller has to be allowed, and on what. */
export interface Permission {
  readonly action: string;
  /** An ARN, or `*` for an action without resource types. */
  readonly resource: string;
  /** The account whose things are looked at; null: the resource's ARN says it. */
  readonly account: string | null;
  /** Condition keys that the parameters of the operation make, as AWS's do: iam:PolicyARN … Left out: none. */
  readonly context?: RequestContext;
}

/** Whether the caller has a permission, and the decision that it rests on; null: the operator, or nobody, asks for it. */
export interface Verdict {
  readonly allowed: boolean;
  readonly answer: Answer | null;
}

const subjects = new WeakMap<PrincipalCaller, Subject>();

/** The caller as somebody who is asked about: as itself, or in the very session it calls with. */
export function callerSubject(caller: PrincipalCaller): Subject {
  const known = subjects.get(caller);
  if (known !== undefined) return known;
  const subject = subjectOf(caller);
  subjects.set(caller, subject);
  return subject;
}

const contexts = new WeakMap<object, RequestContext>();

/**
 * The condition keys of the HTTP request itself: what the server knows of it. The gateway's own access control is decided
 * with them and with nothing that the client says of itself.
 */
export function ownContext({ request, origin }: GuardContext): RequestContext {
  const known = contexts.get(request);
  if (known !== undefined) return known;
  const made = originContext(origin);
  contexts.set(request, made);
  return made;
}

/**
 * Whether the caller is allowed this, by the same evaluator and in the same batch as everything that is asked. The
 * operator is; a caller that the directory does not know any more is not.
 */
export async function mayDo(context: GuardContext, permission: Permission): Promise<boolean> {
  return (await verdictOn(context, permission)).allowed;
}

/** As `mayDo`, with the decision. */
export async function verdictOn(context: GuardContext, permission: Permission): Promise<Verdict> {
  const { caller } = context;
  if (caller.kind !== 'principal') return { allowed: caller.kind === 'operator', answer: null };
  const { action, resource, account } = permission;
  const own = ownContext(context);
  const answer = await decisionLoader(context).load({
    subject: callerSubject(caller),
    action,
    resource,
    resourceAccount: account,
    context: permission.context === undefined ? own : new Map([...own, ...permission.context]),
    path: '',
  });
  const allowed = answer.decision.allowed || (await readsForOrganization(context, caller, permission, answer));
  return { allowed, answer };
}
