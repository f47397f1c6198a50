import type { JsonObject } from '../policy/json.ts';
import type { LevelName } from './applicable-policies.ts';
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
  /** ARN of the user, group, role or resource that contains it, or of the session it was passed for; null for others. */
  readonly holder: string | null;
  /** Of a control policy: the level at which it is attached; null for others. */
  readonly level: LevelName | null;
  readonly sid: string | null;
  /** Position in the document, from 0. */
  readonly index: number;
  readonly effect: 'ALLOW' | 'DENY';
  /** The statement as written in the document. */
  readonly statement: JsonObject;
  /** The text of the whole document; null: it was given as an object. */
  readonly documentText: string | null;
}

/** A condition key, as it is written in a statement that asks for it. */
export interface AskedKey {
  readonly key: string;
  readonly statement: MatchedStatement;
}

/** The result of one layer by itself. */
export interface LayerDecision {
  readonly layer: PolicyLayer;
  readonly effect: DecisionEffect;
  readonly matchedStatements: readonly MatchedStatement[];
  /**
   * Of a layer of control policies that denies: the levels with a matching Deny, or else those that do not allow, from the
   * organization's root down. Empty in other layers.
   */
  readonly deniedAt: readonly LevelName[];
}

/**
 * The answer to one request. `effect`, `allowed` and `deniedBy` are available at once; the rest is computed on first
 * reading, and is the same on every reading.
 */
export interface Decision {
  readonly effect: DecisionEffect;
  readonly allowed: boolean;
  /** The layer a denial is attributed to; null when allowed, and for denials that come from no policy: read `effect`. */
  readonly deniedBy: PolicyLayer | null;
  /** AWS's access-denied sentence; for an allowed request, a sentence that names what allowed it. */
  readonly reason: string;
  /** The same sentence without the name of a policy. */
  readonly unnamedReason: string;
  /** Every layer that took part, in evaluation order. */
  readonly layers: readonly LayerDecision[];
  /** The denying statements, or the allowing ones; for a denial with `requires`, the statements that would then allow. */
  readonly matchedStatements: readonly MatchedStatement[];
  /** Keys that every such request has, that this one did not give and for which a value was assumed: only where it could matter. */
  readonly assumedContextKeys: readonly string[];
  /** Facts that the question left unsaid and that would have allowed a denied request: `roleSessionName`. */
  readonly requires: readonly string[];
  /** The request is denied, and would be allowed if it were known whether the tags of the bucket count. */
  readonly dependsOnBucketTags: boolean;
  /** Condition keys that a statement requires, that the request lacked, and whose value could have changed the outcome. */
  readonly missingContextKeys: readonly string[];
  /** The same two lists of keys with the statements that ask for them. */
  readonly missingKeys: readonly AskedKey[];
  readonly assumedKeys: readonly AskedKey[];
  /** Whether the outcome could be another one if some of these condition keys (in lower case) had other values, or none. */
  dependsOn(keys: ReadonlySet<string>): boolean;
}
