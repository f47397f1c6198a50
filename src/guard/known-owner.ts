import type { OpenQuestion } from '../access/question.ts';
import { leavesOwnerOpen, ownerIsNeeded } from '../access/who-can.ts';
import type { GuardContext } from './context.ts';
import { mayDo } from './permission.ts';
import { mayReadAtItsService } from './readable-resource.ts';

/**
 * Whether the caller may know that the directory holds the resource, and whose it is: it may do what is asked, or list or read
 * something of the resource.
 */
export async function mayKnowResource(
  context: GuardContext,
  { action, resource, resourceAccount }: OpenQuestion,
): Promise<boolean> {
  if (context.caller.kind === 'operator') return true;
  if (await mayReadAtItsService(context, resource)) return true;
  return mayDo(context, { action, resource, account: resourceAccount });
}

/**
 * Throws, for a question that leaves open whose a resource is, what is thrown where the directory does not know the owner:
 * also where it does and the caller may not know that.
 */
export async function checkOwnerMayBeKnown(context: GuardContext, question: OpenQuestion): Promise<void> {
  const action = context.catalog.action(question.action);
  if (action === null || !leavesOwnerOpen(action, question)) return;
  if (!(await mayKnowResource(context, question))) throw ownerIsNeeded(question);
}
