import type { Answer } from '../access/question.ts';
import { asMaker } from './checker.ts';
import type { GuardContext } from './context.ts';
import { mayReadAtItsService } from './readable-resource.ts';

/**
 * The gaps of an answer that the caller may know. Only a caller that may do what was asked, or may list or read something
 * of the resource, learns that the resource is not in the directory, or that its account is not known.
 */
export async function knownGaps(context: GuardContext, answer: Answer): Promise<string[]> {
  const { gaps, resourceGaps = [], decision, question } = answer;
  const { caller } = context;
  // A checker knows what its maker may know.
  if (caller.kind === 'checker') return knownGaps(asMaker(context, caller), answer);
  if (resourceGaps.length === 0 || decision.allowed || caller.kind === 'operator') return [...gaps];
  const { resource, furtherResources = [] } = question;
  const known = await Promise.all([resource, ...furtherResources].map((arn) => mayReadAtItsService(context, arn)));
  if (!known.includes(false)) return [...gaps];
  const concealed = new Set(resourceGaps);
  return gaps.filter((gap) => !concealed.has(gap));
}
