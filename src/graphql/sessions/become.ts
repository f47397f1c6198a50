import type { Caller } from '../../session/caller.ts';
import type { GatewayContext } from '../context.ts';

/**
 * From here on, the caller of the operation is `caller`: fields beneath a sign-in or a switch of roles, and the mutations
 * that follow, are answered as they would be in the browser's next request.
 */
export function become(context: GatewayContext, caller: Caller): void {
  // as: the only place where the caller changes
  (context as { caller: Caller }).caller = caller;
}
