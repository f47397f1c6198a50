import type { JsonObject } from '../policy/json.ts';
import type { PolicyLayer } from './layer.ts';

export type DecisionEffect = 'ALLOWED' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY';

/** One statement of one policy that applied to the request. */
export interface MatchedStatement {
  readonly layer: PolicyLayer;
  /** ARN of a managed policy, name of an inline one, id of a control policy, or ARN of the resource. */
  readonly policy: string;
  readonly policyName: string | null;
  /** Of a managed or control policy; null for others. */
  readonly arn: string | null;
  /** ARN of the user, group, role or resource that it is part of, or of the session it was passed for; null for others. */
  readonly holder: string | null;
  readonly sid: string | null;
  /** Position in the document, from 0. */
  readonly index: number;
  readonly effect: 'ALLOW' | 'DENY';
  /** The statement as it stands in the document. */
  readonly statement: JsonObject;
}

/** What one layer said on its own. */
export interface LayerDecision {
  readonly layer: PolicyLayer;
  readonly effect: DecisionEffect;
  readonly matchedStatements: readonly MatchedStatement[];
}

/**
 * The answer to one request. `effect`, `allowed` and `deniedBy` are there at once; the rest is worked out when somebody
 * reads it, and is the same on every reading.
 */
export interface Decision {
  readonly effect: DecisionEffect;
  readonly allowed: boolean;
  /** The layer a denial is attributed to; null when allowed, and for denials that no policy makes: read `effect`. */
  readonly deniedBy: PolicyLayer | null;
  /** AWS's access-denied sentence; for an allowed request, one that names what allowed it. */
  readonly reason: string;
  /** The same sentence without the name of a policy. */
  readonly unnamedReason: string;
  /** Every layer that took part, in evaluation order. */
  readonly layers: readonly LayerDecision[];
  /** The denying statements, or the allowing ones; where nothing allows but would with what `requires` names, those that would. */
  readonly matchedStatements: readonly MatchedStatement[];
  /** Condition keys that every such request has, this one did not give, and something was assumed of: where that could matter. */
  readonly assumedContextKeys: readonly string[];
  /** What the question left unsaid and would have a denied request allowed: `roleSessionName`. */
  readonly requires: readonly string[];
  /** It is denied, and would be allowed if it were known whether the tags of the bucket count. */
  readonly dependsOnBucketTags: boolean;
  /** Condition keys that a statement asked for, the request lacked, and whose value could have changed the outcome. */
  readonly missingContextKeys: readonly string[];
}
