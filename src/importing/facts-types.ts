import type { AccessPointInput, KmsGrantInput, PublicAccessBlock } from '../directory/document.ts';

/** What files say about an account; the key is its id. */
export interface AccountFacts {
  readonly partition: string;
  readonly name: string;
  readonly alias: string | null;
  /** o-…; null: it is in none. */
  readonly organizationId: string | null;
  /** r-… or ou-…: what it is directly in. */
  readonly parentId: string;
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly organizationPublicAccessBlock: PublicAccessBlock | null;
  /** Regions that are enabled for it: all of them. */
  readonly enabledRegions: readonly string[];
}

/** The key is the id, o-…. */
export interface OrganizationFacts {
  readonly managementAccountId: string;
  /** r-… */
  readonly rootId: string;
  readonly rootName: string;
  readonly scpEnabled: boolean;
  readonly rcpEnabled: boolean;
  readonly s3PolicyEnabled: boolean;
  /** Ids of its accounts: all of them. */
  readonly allAccounts: readonly string[];
  /** Ids of its control policies of one type: all of them. */
  readonly allServiceControlPolicies: readonly string[];
  readonly allResourceControlPolicies: readonly string[];
  /** Ids of accounts: all that administer some service. */
  readonly allDelegatedAdministrators: readonly string[];
}

/** A unit; the key is its id, ou-…. */
export interface UnitFacts {
  readonly organizationId: string;
  readonly name: string;
  readonly parentId: string;
}

/** What is under a root or a unit; the key is its id. */
export interface ParentFacts {
  /** Ids of the units directly in it: all of them. */
  readonly allUnits: readonly string[];
  /** Ids of the accounts directly in it: all of them. */
  readonly allAccounts: readonly string[];
}

export type ControlPolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';

/** The key is the id, p-…. */
export interface ControlPolicyFacts {
  /** Null: it belongs to AWS, and so to every organization. */
  readonly organizationId: string | null;
  readonly type: ControlPolicyType;
  readonly name: string;
  readonly description: string;
  readonly document: string;
  /** Ids of roots, units and accounts: all that it is attached to. */
  readonly allTargets: readonly string[];
}

/** What is attached to a root, unit or account directly, and not inherited; the key is its id. */
export interface TargetFacts {
  readonly serviceControlPolicies: readonly string[];
  readonly resourceControlPolicies: readonly string[];
}

/** The services that an account administers for its organization: all of them; the key is its id. */
export interface DelegationFacts {
  readonly services: readonly string[];
}

/** A resource; the key is its ARN. */
export interface ResourceFacts {
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy: string | null;
  readonly region: string;
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly accessPoint: AccessPointInput;
  readonly objectOwnership: string | null;
  readonly abacEnabled: boolean;
  readonly grants: readonly KmsGrantInput[];
}

/** Policies of CloudWatch Logs that belong to an account and Region, and apply to its log groups by what they name. */
export interface LogPoliciesFacts {
  readonly accountId: string;
  readonly region: string;
  readonly documents: readonly string[];
}

/** A log group; the key is its ARN. */
export interface LogGroupFacts {
  /** Its own policy, besides those of its account and Region; null: none. */
  readonly policy: string | null;
}

/** All resources of one kind in one account and Region, by `resourceListKey`. */
export interface ResourceListFacts {
  readonly accountId: string;
  /** Empty for what has none (buckets). */
  readonly region: string;
  readonly kind: string;
  /** ARNs, or ids of VPC endpoints. */
  readonly members: readonly string[];
}
