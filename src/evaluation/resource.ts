import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import type { OrganizationFacts, Tags } from './principal.ts';

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
  /** ARN of a principal that the policy names -> the unique id it was bound to when the principal was deleted. */
  readonly policyBindings: Readonly<Record<string, string>>;
  /** Like PrincipalPolicies.serviceControl, for the resource's account. */
  readonly resourceControl: readonly ControlLevel[] | null;
}
