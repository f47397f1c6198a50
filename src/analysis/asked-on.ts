import { askedArn } from '../evaluation/asked-on.ts';
import type { ActionFacts, RequestContext } from '../evaluation/request.ts';
import type { Steps } from '../policy/steps.ts';
import { globCovers, globsOverlap, type ResourceGlob, resourceGlob } from './resource-set.ts';
import { simplified, type Term } from './term.ts';

/**
 * The ARNs on which an action without resource types is asked, as one pattern: in every Region if the request's Region is
 * not settled. Null: it has no resource at all.
 */
export function askedGlob(
  { askedOn }: Pick<ActionFacts, 'askedOn'>,
  home: { readonly partition: string; readonly accountId: string } | null,
  context: RequestContext,
): ResourceGlob | null {
  if (askedOn === undefined || home === null) return null;
  const literal = { arn: askedOn.arn.replaceAll('*', '${*}'), named: askedOn.named };
  const region = context.get('aws:requestedregion');
  return resourceGlob(askedArn(literal, home, typeof region === 'string' && region !== '' ? region : '*'));
}

/** For any caller, in any Region. */
const ANYWHERE = { partition: '*', accountId: '*' };
const NO_CONTEXT: RequestContext = new Map();

/** Whether a request for the action can be on one of `resources`, patterns of a policy. */
export function canBeAskedOn(action: Pick<ActionFacts, 'askedOn'>, resources: readonly string[]): boolean {
  const asked = askedGlob(action, ANYWHERE, NO_CONTEXT);
  return asked !== null && resources.some((text) => globsOverlap(resourceGlob(text), asked));
}

/** The part of a term that applies to an action without resource types; `asked`: the ARNs it is asked on. Null: nothing. */
export function* withoutResourceTypes(term: Term, asked: ResourceGlob | null): Steps<Term | null> {
  // Without a resource, only `*` matches, unless `*` is also excluded.
  if (asked === null) return term.resources.length === 0 ? { ...term, notResources: [] } : null;
  if (term.notResources.some((glob) => globCovers(glob, asked))) return null;
  const notResources = term.notResources.filter((glob) => globsOverlap(glob, asked));
  const open = term.resources.filter((list) => !list.some((glob) => globCovers(glob, asked)));
  if (open.length === 0) return { ...term, resources: [], notResources };
  return yield* simplified({ ...term, resources: [...open, [asked]], notResources });
}
