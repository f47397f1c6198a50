import type { GuardContext } from './context.ts';

const left = new WeakSet<GuardContext>();

/**
 * Records that the caller has ended its own role session with this request. Reads that follow in the same operation are
 * still answered. Changes are no longer made, as the next request with this session would not be answered either.
 */
export function leave(context: GuardContext): void {
  left.add(context);
}

/** Whether the caller has left the role session that it calls with. */
export function hasLeft(context: GuardContext): boolean {
  return left.has(context);
}
