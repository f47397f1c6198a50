import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import type { OrganizationFacts, Tags } from './principal.ts';

/** What a request is about, with everything that is known of it. */
export interface ResourceFacts {
  /** As asked; `*` for a request that has no resource. */
  readonly arn: string;
  /** The owner; null: neither the ARN, the directory nor the request says. */
  readonly accountId: string | null;
  readonly organization: OrganizationFacts | null;
  /** Null: the resource is not in the directory, so its tags are not known. */
  readonly tags: Tags | null;
  /** The policy of the resource, or of the one that holds it (the bucket of an object). For a role: its trust policy. */
  readonly policy: AttachedPolicy | null;
  /** ARN of a principal that the policy names -> the unique id it was bound to when the principal was deleted. */
  readonly policyBindings: Readonly<Record<string, string>>;
  /** As PrincipalPolicies.serviceControl, of the resource's account. */
  readonly resourceControl: readonly ControlLevel[] | null;
}
