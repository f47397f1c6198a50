import type { AttachedPolicy, ControlLevel, PrincipalPolicies } from './applicable-policies.ts';
import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import type { PrincipalFacts } from './principal.ts';
import { serviceControlBinds } from './service-linked.ts';
import { resourceControlOf, resourceLayer, resourcePolicyTakesPart } from './situation.ts';

/** Nothing is known of the policy: it could deny anything. */
export function isClosed({ policy }: AttachedPolicy): boolean {
  return policy.closed;
}

/** Of one of the policies nothing is known. */
export function hasClosed(levels: readonly ControlLevel[] | null): boolean {
  return levels?.some(({ policies }) => policies.some(isClosed)) ?? false;
}

/** The first of the caller's own layers with a policy of which nothing is known; null: there is none. */
export function ownClosedLayer(
  facts: PrincipalFacts,
  policies: PrincipalPolicies | null,
  session: readonly AttachedPolicy[] | null,
): PolicyLayer | null {
  if (policies !== null && serviceControlBinds(facts) && hasClosed(policies.serviceControl)) {
    return 'SERVICE_CONTROL_POLICY';
  }
  if (policies !== null && policies.boundary !== null && isClosed(policies.boundary)) return 'PERMISSIONS_BOUNDARY';
  if (session?.some(isClosed) === true) return 'SESSION_POLICY';
  return policies?.identity.some(isClosed) === true ? 'IDENTITY_POLICY' : null;
}

/** The first layer of a request with such a policy, in the order of `DENY_ORDER`; null: there is none that takes part. */
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
