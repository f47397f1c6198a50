import { hasClosed, isClosed } from './closed-policy.ts';
import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import { resourceControlOf, resourceLayer, resourcePolicyTakesPart } from './situation.ts';

/** The first layer of a request with such a policy, in the order of `DENY_ORDER`; null: no such layer takes part. */
export function closedLayerOf(evaluation: Evaluation): PolicyLayer | null {
  const own = evaluation.principal.closedBy;
  if (own === 'SERVICE_CONTROL_POLICY') return own;
  if (resourceControlIsClosed(evaluation)) return 'RESOURCE_CONTROL_POLICY';
  if (own !== null && own !== 'IDENTITY_POLICY') return own;
  return resourcePolicyIsClosed(evaluation) ? resourceLayer(evaluation) : own;
}

export function resourceControlIsClosed(evaluation: Evaluation): boolean {
  const { principal, resource } = evaluation;
  const { resourceControl } = resource.facts;
  const closed = resourceControl === null ? principal.policies?.homeClosed === true : hasClosed(resourceControl);
  return closed && resourceControlOf(evaluation) !== null;
}

export function resourcePolicyIsClosed(evaluation: Evaluation): boolean {
  const { policy } = evaluation.resource.facts;
  return policy !== null && isClosed(policy) && resourcePolicyTakesPart(evaluation);
}
