import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import type { ControlPlan } from './layer-set.ts';
import type { PlanMemo } from './plan-memo.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { PrincipalFacts } from './principal.ts';
import type { ActionFacts } from './request.ts';
import { isServiceLinked } from './service-linked.ts';

/** Asked by anyone who has signed the call; no policy can take it away. */
const NEEDS_NO_PERMISSION = 'sts:getcalleridentity';

export function needsNoPermission({ action, principal }: Evaluation): boolean {
  return (
    action.service === 'sts' && principal.caller !== 'anonymous' && action.name.toLowerCase() === NEEDS_NO_PERMISSION
  );
}

/** The root user, and whoever it gives a federated session: without identity policies they have what the ceilings leave. */
export function hasEverything(facts: PrincipalFacts): boolean {
  return facts.kind === 'root' || (facts.kind === 'federatedUser' && facts.issuer === null);
}

/**
 * The principal and the resource are of one account. A resource whose owner is not known is taken to be the caller's.
 * Nothing reaches from one partition into another.
 */
export function sameAccount({ principal, resource }: Evaluation): boolean {
  // Services and anonymous callers belong to no account.
  if (principal.accountId === '') return false;
  if (resource.partition !== principal.partition && resource.partition !== '') return false;
  return resource.accountId === null || resource.accountId === principal.accountId;
}

export function samePartition(principal: PreparedPrincipal, resource: PreparedResource): boolean {
  // Services and anonymous callers belong to none.
  return principal.partition === '' || resource.partition === '' || resource.partition === principal.partition;
}

/** A role is governed by its trust policy, and that by calls of STS alone. */
export function isTrustRequest({ action, resource }: Evaluation): boolean {
  return action.service === 'sts' && resource.kind === 'role';
}

/** Calls by AWS services do not come through VPC endpoints. */
export function endpointTakesPart({ principal }: Evaluation): boolean {
  return principal.caller !== 'service';
}

/** The layer that the policy of the resource is. */
export function resourceLayer(evaluation: Evaluation): PolicyLayer {
  return isTrustRequest(evaluation) ? 'TRUST_POLICY' : 'RESOURCE_POLICY';
}

/**
 * Whether the policy that the resource has takes part: a trust policy says nothing about `iam:GetRole`, and no bucket policy
 * locks its own account out.
 */
export function resourcePolicyTakesPart(evaluation: Evaluation): boolean {
  if (evaluation.resource.kind === 'role') return isTrustRequest(evaluation);
  return evaluation.principal.caller !== 'root' || !isWayBackIn(evaluation);
}

/** In lower case. */
export const WAYS_BACK_IN: ReadonlySet<string> = new Set([
  's3:getbucketpolicy',
  's3:putbucketpolicy',
  's3:deletebucketpolicy',
]);

/**
 * The root user of the account that owns a bucket reads, writes and deletes its policy whatever the policy says; control
 * policies still bind it. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
 */
function isWayBackIn(evaluation: Evaluation): boolean {
  return WAYS_BACK_IN.has(evaluation.action.name.toLowerCase()) && sameAccount(evaluation);
}

/**
 * Identity policies alone never suffice: a role has to trust, a KMS key's policy has to let IAM policies count.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export function resourceSideNeeded(evaluation: Evaluation): boolean {
  return isTrustRequest(evaluation) || (evaluation.resource.kind === 'key' && evaluation.action.service === 'kms');
}

/**
 * The resource control policies that bind the request; null: none do. They bind resources of member accounts, in the services that
 * AWS names. A resource of which no owner is known is taken to be the caller's own, and so is a request without a resource:
 * both are bound by what stands above the caller's account.
 */
export function resourceControlOf({ principal, action, resource }: Evaluation): PlanMemo<ControlPlan> | null {
  const { controlPlans } = resource;
  if (controlPlans === null && resource.accountId !== null) return null;
  const plans = controlPlans ?? principal.policies?.homeControl ?? null;
  if (plans === null || !action.resourceControlSupported || isServiceLinked(principal.facts) || isRetireGrant(action))
    return null;
  const { organization } = resource.facts;
  return organization !== null && organization.managementAccountId === resource.accountId ? null : plans;
}

function isRetireGrant(action: ActionFacts): boolean {
  return action.service === 'kms' && action.name.toLowerCase() === 'kms:retiregrant';
}
