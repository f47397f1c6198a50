import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import type { Naming } from '../evaluation/match-principal.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import { resourceGlob } from './resource-set.ts';
import type { Settling } from './settle.ts';
import { ANYTHING, type Term } from './term.ts';

/** The role of a statement in the combination of layers. */
export type Slot =
  | { readonly kind: 'identity' | 'boundary' | 'session' | 'endpoint' | 'deny' }
  /** An Allow on one level of the organization. */
  | { readonly kind: 'level'; readonly level: number }
  /** An Allow or Deny of a resource's policy, or an Allow of a grant of a KMS key. */
  | { readonly kind: 'grant' | 'keyGrant' | 'resourceDeny'; readonly bearer: Bearer; readonly naming: Naming }
  /** An Allow or Deny of the policy of the bucket behind an access point. */
  | { readonly kind: 'bucketGrant' | 'bucketDeny'; readonly bearer: Bearer; readonly naming: Naming }
  /** A Deny of a resource control policy above the bucket behind an access point. */
  | { readonly kind: 'bucketControlDeny'; readonly bearer: Bearer }
  /** An access point of the principal's account to a bucket of another account, whose policy has to let the principal in. */
  | { readonly kind: 'foreignBucket'; readonly bearer: Bearer }
  /** A Deny of a resource control policy, with one resource of every account below it. */
  | { readonly kind: 'controlDeny'; readonly owners: Map<string, PreparedResource> };

/** A resource with a policy. */
export interface Bearer {
  readonly resource: PreparedResource;
  readonly governed: Governed;
  /** Also knows the owner of the resource. */
  readonly settling: Settling;
}

/** The ARNs whose requests the policy of a resource governs, as patterns of a policy's Resource. */
export interface Governed {
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
}

/** What it governs, as a term, which is made when it is first used: most resources do not concern the principal. */
export function governedTerm({ resources, notResources }: Governed): () => Term {
  let term: Term | null = null;
  return () => {
    term ??= {
      ...ANYTHING,
      resources: [resources.map(resourceGlob)],
      notResources: notResources.map(resourceGlob),
    };
    return term;
  };
}

/** Where a statement stands. */
export interface StatementPlace {
  readonly layer: PolicyLayer;
  readonly attached: AttachedPolicy;
}

/** A statement of a policy that takes part in deciding for the principal. */
export interface Entry {
  readonly id: number;
  readonly slot: Slot;
  readonly statement: CompiledStatement;
  /** Null: it stands for what cannot be read. */
  readonly place: StatementPlace | null;
  /** The requests that it matches (for a resource's policy: among those it governs); computed on first use. */
  readonly terms: () => Steps<readonly Term[]>;
}

/** Terms that are known without a step. */
export function* knownTerms(terms: readonly Term[]): Steps<readonly Term[]> {
  yield 0;
  return terms;
}
