import type { ContextValue } from '../policy/context-key.ts';
import type { Rule } from './rule.ts';

export type { ContextValue };

/** Condition keys of a request, by name in lower case. */
export type RequestContext = ReadonlyMap<string, ContextValue>;

/**
 * The ARN on which AWS asks an action although no table of it says so: `arn:$P:sns:$R:$A:*`, in which `$P` and `$A` are the
 * caller's partition and account, `$R` the Region of the request. A star in it is a character of the ARN, no wildcard.
 */
export interface AskedOn {
  readonly arn: string;
  /** AWS's access-denied sentence names it. */
  readonly named: boolean;
}

/** What the catalogue knows of the action that is asked for. */
export interface ActionFacts {
  /** `service:Name`, spelled as the catalogue spells it, or as asked where it does not know the action. */
  readonly name: string;
  /** The part before the colon, in lower case. */
  readonly service: string;
  /** It has no resource types: only `*` in a policy's Resource matches it, and what matches `askedOn`. */
  readonly wildcardOnly: boolean;
  /** The ARN on which AWS asks it although it has no resource types. Left out: on none. */
  readonly askedOn?: AskedOn;
  /** The service is one whose resources resource control policies govern. */
  readonly resourceControlSupported: boolean;
}

/** The policy of a VPC endpoint, ready for deciding: see `prepareEndpoint`. */
export interface PreparedEndpoint {
  for(action: ActionFacts): EndpointPlan;
}

/** What it has to say about one action. */
export interface EndpointPlan {
  readonly allow: { readonly rules: readonly Rule[] };
  readonly deny: { readonly rules: readonly Rule[] };
  /** Both, in the order of the document. */
  readonly placed: readonly Rule[];
}

/** What is true of one request beside its principal, action and resource. */
export interface RequestFacts {
  readonly context: RequestContext;
  /** Milliseconds since 1970, taken once. */
  readonly now: number;
  /**
   * What counts when `context` gives a key that also follows from the principal, the resource or their organization.
   * `directory` (every question about stored principals): what is known counts, a request cannot forge it.
   * `context` (simulations): the given value counts.
   */
  readonly authority: 'directory' | 'context';
  /**
   * Keys that AWS puts into every such request are assumed where `context` does not give them. Left out: they are missing.
   * Which ones, and what is assumed of them, is in call-keys.ts.
   */
  readonly assumes?: boolean;
  /** The policy of the VPC endpoint that it comes through. Left out: it comes through none, or its policy is not known. */
  readonly endpoint?: PreparedEndpoint;
}
