import type { Answer, OpenQuestion } from '../access/question.ts';
import type { WhoCan } from '../access/who-can-answer.ts';
import { asMaker } from './checker.ts';
import type { GuardContext } from './context.ts';
import { mayKnowResource } from './known-resource.ts';
import { allOf, andThen, type MaybePromise } from './maybe-promise.ts';
import { mayReadAtItsService } from './readable-resource.ts';

/**
 * The gaps of an answer that the caller may know. Only a caller that may do what was asked, or may list or read something
 * of the resource, learns that the resource is not in the directory, or that its account is not known.
 */
export function knownGaps(context: GuardContext, answer: Answer): MaybePromise<string[]> {
  const { caller } = context;
  // A checker knows what its maker may know.
  if (caller.kind === 'checker')
    return asMaker(context, caller, withoutResource(answer), (maker) => knownGaps(maker, answer));
  const { gaps, decision, question } = answer;
  if (decision.allowed || caller.kind === 'operator' || (answer.resourceGaps ?? []).length === 0) return [...gaps];
  const { resource, furtherResources = [] } = question;
  const known = allOf([resource, ...furtherResources].map((arn) => mayReadAtItsService(context, arn)));
  return andThen(known, (all) => (all.includes(false) ? withoutResource(answer) : [...gaps]));
}

function withoutResource({ gaps, resourceGaps = [] }: Answer): string[] {
  const concealed = new Set(resourceGaps);
  return gaps.filter((gap) => !concealed.has(gap));
}

/** The gaps of a search for principals: those about the resource only for callers that may know of the resource. */
export async function knownGapsOfSearch(
  context: GuardContext,
  questions: readonly OpenQuestion[],
  found: Pick<WhoCan, 'gaps' | 'resourceGaps'>,
): Promise<string[]> {
  const { gaps, resourceGaps } = found;
  let isKnown = false;
  // Each is about the same resource: of what may be known by one action, more need not be decided.
  for (const question of resourceGaps.length > 0 ? questions : []) isKnown ||= await mayKnowResource(context, question);
  // The account of the resource is mostly that of some principals, too.
  return isKnown ? [...new Set([...resourceGaps, ...gaps])] : [...gaps];
}
