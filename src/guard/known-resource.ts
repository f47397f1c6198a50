import type { OpenQuestion } from '../access/question.ts';
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
