import type { Caller } from '../../session/caller.ts';
import { AuthenticationError } from '../../session/errors.ts';
import type { GatewayContext } from '../context.ts';

/**
 * From here on the operation speaks as `caller`: what is selected beneath a sign-in or a switch of roles, and the mutations
 * that follow it, are answered as they would be in the browser's next request.
 */
export function become(context: GatewayContext, caller: Caller): void {
  // as: the only place where who calls changes
  (context as { caller: Caller }).caller = caller;
}

const left = new WeakSet<GatewayContext>();

/**
 * The role session that the operation speaks in has ended. What is selected beneath its leaving is still answered to it; no
 * mutation follows, as its next request would not be answered either.
 */
export function leave(context: GatewayContext): void {
  left.add(context);
}

/** Throws ExpiredToken when the operation speaks in a role session that it has left. */
export function checkNotLeft(context: GatewayContext): void {
  if (left.has(context)) throw new AuthenticationError('ExpiredToken');
}
