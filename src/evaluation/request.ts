import type { ContextValue } from '../policy/context-key.ts';
import type { AttachedPolicy } from './applicable-policies.ts';
import type { Rule } from './rule.ts';

export type { ContextValue };

/** Condition keys of a request, by name in lower case. */
export type RequestContext = ReadonlyMap<string, ContextValue>;

/**
 * The ARN on which AWS asks an action although AWS's tables do not list it: `arn:$P:sns:$R:$A:*`, where `$P` and `$A` are the
 * caller's partition and account, `$R` the Region of the request. A star in it is literal, not a wildcard.
 */
export interface AskedOn {
  readonly arn: string;
  /** AWS's access-denied sentence contains it. */
  readonly named: boolean;
}

/** What the catalogue knows about the requested action. */
export interface ActionFacts {
  /** `service:Name`, spelled as in the catalogue, or as requested if the catalogue does not know the action. */
  readonly name: string;
  /** The part before the colon, in lower case. */
  readonly service: string;
  /** It has no resource types: only `*` in a policy's Resource matches it, and patterns that match `askedOn`. */
  readonly wildcardOnly: boolean;
  /** The ARN on which AWS asks it although it has no resource types. Left out: none. */
  readonly askedOn?: AskedOn;
  /** Resource control policies apply to resources of its service. */
  readonly resourceControlSupported: boolean;
  /** As `numberAction` gives it. Left out: the number that its name has, if it has one. */
  readonly number?: number;
}

/** The policy of a VPC endpoint, ready for deciding: see `prepareEndpoint`. */
export interface PreparedEndpoint {
  readonly source: AttachedPolicy;
  for(action: ActionFacts): EndpointPlan;
}

/** What it says about one action. */
export interface EndpointPlan {
  readonly allow: { readonly rules: readonly Rule[] };
  readonly deny: { readonly rules: readonly Rule[] };
  /** Both, in the order of the document. */
  readonly placed: readonly Rule[];
}

/** Facts about one request besides its principal, action and resource. */
export interface RequestFacts {
  readonly context: RequestContext;
  /** Milliseconds since 1970, read once. */
  readonly now: number;
  /**
   * Which value counts if `context` gives a key that also follows from the principal, the resource or their organization.
   * `directory` (every question about stored principals): the directory's value counts, a request cannot forge it.
   * `context` (simulations): the given value counts.
   */
  readonly authority: 'directory' | 'context';
  /**
   * Keys that AWS adds to every such request are assumed if `context` does not give them. Left out: they are missing.
   * call-keys.ts lists the keys and the assumed values.
   */
  readonly assumes?: boolean;
  /**
   * True: `aws:ResourceTag/k` of the context counts for every resource whose tags the directory does not hold. Left out: only for
   * resources that have such tags at AWS, which objects of S3 have not.
   */
  readonly tagsAsGiven?: boolean;
  /**
   * With `authority: 'context'`: names of the only keys that follow from known facts; others are absent unless `context` gives
   * them, as in AWS's policy simulator. Left out: all that can.
   */
  readonly follows?: ReadonlySet<string>;
  /** Names of keys that only the directory can give, whatever the request says. Left out: none besides those above. */
  readonly settled?: ReadonlySet<string>;
  /** The policy of the VPC endpoint that it comes through. Left out: it comes through none, or its policy is unknown. */
  readonly endpoint?: PreparedEndpoint;
}
