import type { Decision } from './decision.ts';
import { LazyDecision } from './lazy-decision.ts';
import { type PreparedPrincipal, type PreparedResource, prepareResource } from './prepare.ts';
import type { ActionFacts, RequestFacts } from './request.ts';

/**
 * May the principal do the action on the resource? Synchronous, total, and the same on every call with the same values.
 * How the layers combine is in decide.ts.
 */
export function authorize(
  principal: PreparedPrincipal,
  action: ActionFacts,
  resource: PreparedResource,
  request: RequestFacts,
): Decision {
  // An action without resource types has no resource, whatever was named: only `*` in a policy matches.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
  const about = action.wildcardOnly && resource.arn ? NO_RESOURCE : resource;
  return new LazyDecision(principal, action, about, request);
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
