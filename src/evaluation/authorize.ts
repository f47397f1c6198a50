import { decideAskedOn } from './asked-on.ts';
import type { Decision } from './decision.ts';
import { LazyDecision } from './lazy-decision.ts';
import { type PreparedPrincipal, type PreparedResource, prepareResource } from './prepare.ts';
import type { ActionFacts, RequestFacts } from './request.ts';

/**
 * Whether the principal may do the action on the resource. Synchronous, total, and the same for the same values.
 * How the layers combine is in decide.ts.
 */
export function authorize(
  principal: PreparedPrincipal,
  action: ActionFacts,
  resource: PreparedResource,
  request: RequestFacts,
): Decision {
  if (!action.wildcardOnly) return new LazyDecision(principal, action, resource, request);
  const decide = (about: PreparedResource): LazyDecision => new LazyDecision(principal, action, about, request);
  const { askedOn } = action;
  if (askedOn !== undefined) return decideAskedOn(askedOn, principal, resource, request, decide, NO_RESOURCE);
  // An action without resource types has no resource, whatever the request names: only `*` in a policy matches.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
  return decide(resource.arn ? NO_RESOURCE : resource);
}

const NO_RESOURCE = prepareResource({
  arn: '*',
  accountId: null,
  organization: null,
  tags: {},
  policy: null,
  policyBindings: {},
  resourceControl: null,
});
