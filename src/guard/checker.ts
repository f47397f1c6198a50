import type { CheckerRecord } from '../directory/stores/checker-store.ts';
import { type ActionElement, actionMatches, readActionPattern } from '../policy/action-pattern.ts';
import { RolegateError } from '../policy/errors.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { CheckerCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import type { MaybePromise } from './maybe-promise.ts';
import { ALLOWED, NOT_SIGNED_IN, type Ruling } from './ruling.ts';

// A checker can only ask, and needs three things for each question: that the principal is of its scope, that the action is one
// of its own, and that its maker may ask about the principal, now. What a door offers beside questions it may not use: that is
// the rule where nothing else is said.

/**
 * What is known with its maker's rights: `work` in the same request of its maker. A maker that was deleted while the request is
 * answered knows nothing any more (`nothing`), and is not named.
 */
export function asMaker<T>(
  context: GuardContext,
  { maker }: CheckerCaller,
  nothing: T,
  work: (context: GuardContext) => MaybePromise<T>,
): MaybePromise<T> {
  const isGone = (error: unknown): T => {
    if (error instanceof RolegateError && error.code === 'NOT_FOUND') return nothing;
    throw error;
  };
  try {
    const known = work(inPlaceOf(context, maker));
    return known instanceof Promise ? known.catch(isGone) : known;
  } catch (error) {
    return isGone(error);
  }
}

function inPlaceOf(context: GuardContext, caller: CheckerCaller['maker']): GuardContext {
  return { ...context, caller };
}

/** Whether the checker is for principals of this account. Null, the account of services and `anonymous`: only if for all. */
function isForAccount({ checker }: CheckerCaller, accountId: string | null): boolean {
  const { accountIds } = checker;
  return accountIds === null || (accountId !== null && accountIds.includes(accountId));
}

/** Whether a principal is in the scope of the checker. */
export function isInScope(caller: CheckerCaller, principal: PrincipalRef): boolean {
  return isForAccount(caller, 'accountId' in principal ? principal.accountId : null);
}

/** Whether the account of a role is in the scope of the checker. */
export function isRoleInScope(caller: CheckerCaller, roleArn: string): boolean {
  return isForAccount(caller, roleArn.split(':', 5)[4] ?? null);
}

/** Whether the checker may ask about an action: `service:Action`, compared without case. */
export function isItsAction({ checker }: CheckerCaller, action: string): boolean {
  const [service = '', name = ''] = action.toLowerCase().split(':', 2);
  return actionMatches(actionsOf(checker), service, name);
}

const elements = new WeakMap<CheckerRecord, ActionElement>();

function actionsOf(checker: CheckerRecord): ActionElement {
  const known = elements.get(checker);
  if (known !== undefined) return known;
  const patterns = checker.actions.flatMap((text) => readActionPattern(text) ?? []);
  const element = { negated: false, patterns };
  elements.set(checker, element);
  return element;
}

/** The error for a checker that asks about an action that it was not made for. */
export function notItsAction(action: string, field: string): RolegateError {
  const message = `asking about \`${action.slice(0, 100)}\` needs a checker for this action: that of the caller is for others`;
  return new RolegateError('FORBIDDEN', message, { field });
}

/** Allowed for whoever may ask questions about principals, checkers included. What is asked is decided with the question. */
export function mayAsk({ caller }: GuardContext): Ruling {
  return caller.kind === 'anonymous' ? NOT_SIGNED_IN : ALLOWED;
}

/** Allowed for whoever may search for principals: of checkers, only those that were made for it. */
export function maySearch(context: GuardContext): Ruling {
  const { caller } = context;
  if (caller.kind !== 'checker' || caller.checker.search) return mayAsk(context);
  return { kind: 'refused', needs: 'a checker that was made with `search`' };
}
