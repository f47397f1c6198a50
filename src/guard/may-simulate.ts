import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';
import { andThen, type MaybePromise } from './maybe-promise.ts';
import { mayDo } from './permission.ts';
import { roleArnOf } from './session-roles.ts';

/** The action of AWS that a caller needs on a principal to ask about it with whatever it likes to suppose. */
export const ASK_ACTION = 'iam:SimulatePrincipalPolicy';

/** Whether the caller is allowed to simulate the calls of a principal. For a session this is asked of its role. */
export function maySimulate(context: GuardContext, principal: PrincipalRef): MaybePromise<boolean> {
  return andThen(resourceOf(context, principal), (resource) =>
    mayDo(context, { action: ASK_ACTION, resource, account: null }),
  );
}

/** The ARN on which the caller needs permission to ask about a principal. */
function resourceOf(context: GuardContext, principal: PrincipalRef): MaybePromise<string> {
  if (principal.kind === 'service' || principal.kind === 'anonymous') return '*';
  return principal.kind === 'roleSession' ? roleArnOf(context, principal) : principal.arn;
}
