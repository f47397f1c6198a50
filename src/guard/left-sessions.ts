import type { GuardContext } from './context.ts';

const left = new WeakSet<GuardContext>();

/**
 * The role session that the caller speaks in has ended, by its own request. What is read after it in the same operation is
 * still answered to it; it changes nothing more, as its next request would not be answered either.
 */
export function leave(context: GuardContext): void {
  left.add(context);
}

/** Whether the caller speaks in a role session that it has left. */
export function hasLeft(context: GuardContext): boolean {
  return left.has(context);
}
