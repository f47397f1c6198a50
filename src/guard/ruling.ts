import type { RolegateError } from '../policy/errors.ts';
import type { Attempted } from '../session/audited.ts';
import type { GuardContext } from './context.ts';
import { allOf, andThen, type MaybePromise } from './maybe-promise.ts';
import { mayDo, type Permission } from './permission.ts';

/**
 * The answer of a guard: whether the caller is allowed, and if not, what it may be told. Each door has its own words for
 * it.
 */
export type Ruling = Allowed | NotSignedIn | Refused | Concealed;

interface Allowed {
  readonly kind: 'allowed';
}

/** Credentials are required, and none were given. */
export interface NotSignedIn {
  readonly kind: 'notSignedIn';
}

/** The caller is not allowed, and is told what it needs. */
export interface Refused {
  readonly kind: 'refused';
  /** Actions of AWS, or `the operator`. */
  readonly needs: string;
}

/** The caller may not know whether it exists: the answer is as if it did not. */
interface Concealed {
  readonly kind: 'concealed';
}

/** An operation was refused. The refusal is in the audit trail. */
export interface RefusedOperation extends Refused {
  readonly attempted: Attempted;
  /**
   * AWS's AccessDenied with AWS's sentence and the decision behind it; no decision where only the operator is allowed. What AWS
   * refuses whatever the policies say has AWS's code for that (UnmodifiableEntity).
   */
  readonly denied: RolegateError;
  /**
   * Whether only the operator may perform the operation, with any values: a door may know the operation by another name.
   */
  readonly operatorsOnly: boolean;
}

export const ALLOWED: Allowed = { kind: 'allowed' };
export const NOT_SIGNED_IN: NotSignedIn = { kind: 'notSignedIn' };
export const CONCEALED: Concealed = { kind: 'concealed' };

/** What a checker lacks where it cannot ask what it may ask: see guard/checker.ts. */
const NO_CHECKER: Refused = { kind: 'refused', needs: 'the credentials of a principal or of the operator' };

/** Allowed for principals and the operator. Checkers can only ask: they are refused where nothing else is said. */
export function signedIn({ caller }: GuardContext): Allowed | NotSignedIn | Refused {
  switch (caller.kind) {
    case 'anonymous':
      return NOT_SIGNED_IN;
    case 'checker':
      return NO_CHECKER;
    case 'operator':
    case 'principal':
      return ALLOWED;
    default:
      return caller satisfies never;
  }
}

/** Allowed for the operator alone. */
export function operatorOnly(context: GuardContext): Ruling {
  return context.caller.kind === 'principal' ? { kind: 'refused', needs: 'the operator' } : signedIn(context);
}

/** Any one of the permissions is enough; none given: every principal is allowed. The operator always is. */
export function needsAny(context: GuardContext, permissions: readonly Permission[]): MaybePromise<Ruling> {
  const { caller } = context;
  if (caller.kind !== 'principal' || permissions.length === 0) return signedIn(context);
  return andThen(isAllowedAny(context, permissions), (isAllowed) =>
    isAllowed
      ? ALLOWED
      : { kind: 'refused', needs: [...new Set(permissions.map(({ action }) => action))].join(' or ') },
  );
}

/** Whether the caller has any one of the permissions. All are decided, whatever the first ones say. */
export function isAllowedAny(context: GuardContext, permissions: readonly Permission[]): MaybePromise<boolean> {
  const verdicts = allOf(permissions.map((permission) => mayDo(context, permission)));
  return andThen(verdicts, (allowed) => allowed.includes(true));
}

/** Conceals what the caller may not read. */
export function orConcealed(readable: MaybePromise<boolean>): MaybePromise<Ruling> {
  return andThen(readable, (isReadable): Ruling => (isReadable ? ALLOWED : CONCEALED));
}
