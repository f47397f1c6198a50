import type { Decision } from '../evaluation/decision.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';

/** An implicit denial without evaluating policies, because the request is never possible. */
export function refusal(deniedBy: PolicyLayer, reason: string): Decision {
  return {
    effect: 'IMPLICIT_DENY',
    allowed: false,
    deniedBy,
    reason,
    unnamedReason: reason,
    layers: [{ layer: deniedBy, effect: 'IMPLICIT_DENY', matchedStatements: [] }],
    matchedStatements: [],
    missingContextKeys: [],
  };
}
