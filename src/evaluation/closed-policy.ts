import type { AttachedPolicy, ControlLevel, PrincipalPolicies } from './applicable-policies.ts';
import type { PolicyLayer } from './layer.ts';
import type { PrincipalFacts } from './principal.ts';
import { serviceControlBinds } from './service-linked.ts';

/** The content of the policy is unknown: it could deny anything. */
export function isClosed({ policy }: AttachedPolicy): boolean {
  return policy.closed;
}

/** The content of one of the policies is unknown. */
export function hasClosed(levels: readonly ControlLevel[] | null): boolean {
  return levels?.some(({ policies }) => policies.some(isClosed)) ?? false;
}

/** The first of the caller's own layers with a policy of unknown content; null: there is none. */
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
