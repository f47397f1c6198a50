import type { Decision } from '../evaluation/decision.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';

/** An implicit denial without any policy, because the request is never possible. `deniedBy` null: a denial by AWS itself. */
export function refusal(deniedBy: PolicyLayer | null, reason: string): Decision {
  return {
    effect: 'IMPLICIT_DENY',
    allowed: false,
    deniedBy,
    reason,
    unnamedReason: reason,
    layers:
      deniedBy === null ? [] : [{ layer: deniedBy, effect: 'IMPLICIT_DENY', matchedStatements: [], deniedAt: [] }],
    matchedStatements: [],
    missingContextKeys: [],
    missingKeys: [],
    assumedContextKeys: [],
    assumedKeys: [],
    requires: [],
    dependsOnBucketTags: false,
    dependsOn: () => false,
  };
}
