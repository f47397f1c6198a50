import type { Answer } from '../access/question.ts';
import type { GuardContext } from './context.ts';
import { mayReadAtItsService } from './readable-resource.ts';

/**
 * The gaps of an answer that the caller may know of. That a resource is not in the directory, or that nothing is known of
 * its account, is told to who may do what was asked, and to who may list or read something of the resource.
 */
export async function knownGaps(context: GuardContext, answer: Answer): Promise<string[]> {
  const { gaps, resourceGaps = [], decision, question } = answer;
  if (resourceGaps.length === 0 || decision.allowed || context.caller.kind === 'operator') return [...gaps];
  const { resource, furtherResources = [] } = question;
  const known = await Promise.all([resource, ...furtherResources].map((arn) => mayReadAtItsService(context, arn)));
  if (!known.includes(false)) return [...gaps];
  const concealed = new Set(resourceGaps);
  return gaps.filter((gap) => !concealed.has(gap));
}
