import { hasClosed, isClosed } from './closed-policy.ts';
import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import { bucketSide, controlLevelsOf, resourceControlOf, resourceLayer, resourcePolicyTakesPart } from './situation.ts';

/** The first layer of a request with such a policy, in the order of `DENY_ORDER`; null: no such layer takes part. */
export function closedLayerOf(evaluation: Evaluation): PolicyLayer | null {
  const own = evaluation.principal.closedBy;
  if (own === 'SERVICE_CONTROL_POLICY') return own;
  if (resourceControlIsClosed(evaluation)) return 'RESOURCE_CONTROL_POLICY';
  if (own !== null && own !== 'IDENTITY_POLICY') return own;
  if (resourcePolicyIsClosed(evaluation)) return resourceLayer(evaluation);
  return bucketPolicyIsClosed(evaluation) ? 'UNDERLYING_BUCKET_POLICY' : own;
}

export function resourceControlIsClosed(evaluation: Evaluation): boolean {
  return hasClosed(controlLevelsOf(evaluation)) && resourceControlOf(evaluation) !== null;
}

export function resourcePolicyIsClosed(evaluation: Evaluation): boolean {
  const { policy } = evaluation.resource.facts;
  return policy !== null && isClosed(policy) && resourcePolicyTakesPart(evaluation);
}

export function bucketPolicyIsClosed(evaluation: Evaluation): boolean {
  const policy = evaluation.resource.bucket?.policy ?? null;
  return policy !== null && isClosed(policy) && bucketSide(evaluation) !== null;
}
