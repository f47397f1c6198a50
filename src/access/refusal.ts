import type { Decision } from '../evaluation/decision.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';

/** An implicit denial that no policy was asked about, because what is asked is never possible. `deniedBy` null: AWS's own. */
export function refusal(deniedBy: PolicyLayer | null, reason: string): Decision {
  return {
    effect: 'IMPLICIT_DENY',
    allowed: false,
    deniedBy,
    reason,
    unnamedReason: reason,
    layers: deniedBy === null ? [] : [{ layer: deniedBy, effect: 'IMPLICIT_DENY', matchedStatements: [] }],
    matchedStatements: [],
    missingContextKeys: [],
    assumedContextKeys: [],
    requires: [],
    dependsOnBucketTags: false,
  };
}
