import type { AccessPointFacts } from './access-point.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import type { KmsGrant } from './key-grant.ts';
import type { OrganizationFacts, Tags } from './principal.ts';
import type { PublicAccessBlocks } from './public-access.ts';

/** The resource of a request, with all known facts about it. */
export interface ResourceFacts {
  /** As requested; `*` for a request that has no resource. */
  readonly arn: string;
  /** The owner; null: neither the ARN, the directory nor the request names it. */
  readonly accountId: string | null;
  readonly organization: OrganizationFacts | null;
  /** Null: the resource is not in the directory, so its tags are unknown. */
  readonly tags: Tags | null;
  /** The policy of the resource, or of its container (the bucket of an object). For a role: its trust policy. */
  readonly policy: AttachedPolicy | null;
  /** ARN of a principal that the policy names -> the unique id it was bound to when the principal was deleted or renamed. */
  readonly policyBindings: Readonly<Record<string, string>>;
  /** Like PrincipalPolicies.serviceControl, for the resource's account. */
  readonly resourceControl: readonly ControlLevel[] | null;
  /** S3 Block Public Access of a bucket, an access point, or what contains the object. Left out: none. */
  readonly publicAccess?: PublicAccessBlocks;
  /** Of an access point of S3, or of an object behind it; `policy` is then that of `withNetworkOrigin`. Left out: not known. */
  readonly accessPoint?: AccessPointFacts;
  /** Grants of a KMS key. Left out: none. */
  readonly grants?: readonly KmsGrant[];
  /** For a general purpose bucket: whether its tags count. Left out: unknown. */
  readonly tagsCount?: boolean;
  /** Of a role: ARN of its permissions boundary; null: it has none. Left out: no role, or not known. */
  readonly boundary?: string | null;
  /** The Region of a bucket, or of the bucket of an object, whose ARN has none. Left out: unknown. */
  readonly region?: string;
}
