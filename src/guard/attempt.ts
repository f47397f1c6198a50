import type { Attempted } from '../session/audited.ts';
import type { GuardContext } from './context.ts';
import type { Permission } from './permission.ts';

/** What an operation attempts with the values that it is given. */
export type Attempt = PermittedAttempt | OperatorsAttempt;

/** The operator may always. Others need permissions; where there are none, whoever has signed in may. */
interface PermittedAttempt {
  readonly kind: 'permitted';
  /** In their order; the first that the caller lacks is the one it is told of. */
  readonly permissions: readonly Permission[];
  /** AWS's name of the operation, for the audit trail; left out: that of the first permission that is lacking. */
  readonly event?: string;
  /** ARN or id, for the audit trail; left out: the resource of the first permission that is lacking. */
  readonly target?: string;
}

/** For the operator alone. */
interface OperatorsAttempt {
  readonly kind: 'operators';
  readonly attempted: Attempted;
  /** What others are told. */
  readonly sentence: string;
  /** Whether the operation is the operator's whatever it is given. */
  readonly always: boolean;
}

export type AttemptOf<Values> = (values: Values, context: GuardContext) => Attempt | Promise<Attempt>;
