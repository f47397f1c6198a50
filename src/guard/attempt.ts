import type { Attempted } from '../session/audited.ts';
import type { GuardContext } from './context.ts';
import type { Permission } from './permission.ts';

/** The attempt that an operation with its values makes, and what it needs. */
export type Attempt = PermittedAttempt | OperatorsAttempt;

/**
 * The operator is always allowed. Others need the permissions; if there are none, everyone who has signed in is allowed.
 */
interface PermittedAttempt {
  readonly kind: 'permitted';
  /** In order; a refusal names the first one that the caller lacks. */
  readonly permissions: readonly Permission[];
  /** AWS's name of the operation, for the audit trail; left out: that of the first permission that the caller lacks. */
  readonly event?: string;
  /** ARN or id, for the audit trail; left out: the resource of the first permission that the caller lacks. */
  readonly target?: string;
}

/** Allowed only for the operator. */
interface OperatorsAttempt {
  readonly kind: 'operators';
  readonly attempted: Attempted;
  /** The message for other callers. */
  readonly sentence: string;
  /** Whether only the operator may perform the operation, with any values. */
  readonly always: boolean;
}

export type AttemptOf<Values> = (values: Values, context: GuardContext) => Attempt | Promise<Attempt>;
