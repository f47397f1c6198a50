import type { Caller } from '../../session/caller.ts';
import type { GatewayContext } from '../context.ts';

/**
 * From here on the operation speaks as `caller`: what is selected beneath a sign-in or a switch of roles, and the mutations
 * that follow it, are answered as they would be in the browser's next request.
 */
export function become(context: GatewayContext, caller: Caller): void {
  // as: the only place where who calls changes
  (context as { caller: Caller }).caller = caller;
}
