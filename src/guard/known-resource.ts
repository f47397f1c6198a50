import type { OpenQuestion } from '../access/question.ts';
import { asMaker } from './checker.ts';
import type { GuardContext } from './context.ts';
import { mayDo } from './permission.ts';
import { mayReadAtItsService } from './readable-resource.ts';

/**
 * Whether the caller may know that the directory holds the resource, and whose it is: it may do what is asked, or list or read
 * something of the resource.
 */
export async function mayKnowResource(context: GuardContext, question: OpenQuestion): Promise<boolean> {
  const { caller } = context;
  const { action, resource, resourceAccount } = question;
  if (caller.kind === 'operator') return true;
  // A checker knows what its maker may know.
  if (caller.kind === 'checker') return asMaker(context, caller, false, (maker) => mayKnowResource(maker, question));
  if (await mayReadAtItsService(context, resource)) return true;
  return mayDo(context, { action, resource, account: resourceAccount });
}
