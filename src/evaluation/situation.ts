import { comesThrough } from './access-point.ts';
import type { ControlLevel } from './applicable-policies.ts';
import type { BucketSide } from './decide.ts';
import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import type { ControlPlan } from './layer-set.ts';
import type { PlanMemo } from './plan-memo.ts';
import type { PreparedBucket, PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { PrincipalFacts } from './principal.ts';
import type { ActionFacts } from './request.ts';
import { isServiceLinked } from './service-linked.ts';

/** Allowed to every caller that signs the request; no policy can deny it. */
const NEEDS_NO_PERMISSION = 'sts:getcalleridentity';

export function needsNoPermission({ action, principal }: Evaluation): boolean {
  return (
    action.service === 'sts' && principal.caller !== 'anonymous' && action.name.toLowerCase() === NEEDS_NO_PERMISSION
  );
}

/** The root user, and its federated users: without identity policies they have everything that the ceilings leave. */
export function hasEverything(facts: PrincipalFacts): boolean {
  return facts.kind === 'root' || (facts.kind === 'federatedUser' && facts.issuer === null);
}

/**
 * The principal and the resource are in one account. A resource with an unknown owner is treated as the caller's own.
 * Access never crosses partitions.
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

/** The trust policy governs a role, and applies only to calls of STS. */
export function isTrustRequest({ action, resource }: Evaluation): boolean {
  return action.service === 'sts' && resource.kind === 'role';
}

/** Calls by AWS services do not come through VPC endpoints. */
export function endpointTakesPart({ principal }: Evaluation): boolean {
  return principal.caller !== 'service';
}

/** The resource has a public policy, which S3 restricts: the layer takes part. */
export function publicAccessTakesPart({ action, resource }: Evaluation): boolean {
  return resource.restrictedBy !== null && action.service === 's3';
}

/**
 * Only AWS services and the account of the owner have access to a restricted resource, whatever its policy says; through an access
 * point also the account of the bucket's owner.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
 */
export function publicAccessAllows(evaluation: Evaluation): boolean {
  if (!publicAccessTakesPart(evaluation)) return true;
  const { principal, resource } = evaluation;
  if (principal.caller === 'service' || sameAccount(evaluation)) return true;
  return principal.accountId !== '' && principal.accountId === resource.bucket?.facts.accountId;
}

/** The layer of the resource's policy. */
export function resourceLayer(evaluation: Evaluation): PolicyLayer {
  return isTrustRequest(evaluation) ? 'TRUST_POLICY' : 'RESOURCE_POLICY';
}

/**
 * Whether the resource's policy takes part: a trust policy has no effect on `iam:GetRole`, and no bucket policy
 * locks its own account out.
 */
export function resourcePolicyTakesPart(evaluation: Evaluation): boolean {
  if (evaluation.resource.kind === 'role') return isTrustRequest(evaluation);
  return evaluation.principal.caller !== 'root' || !isWayBackIn(evaluation);
}

/**
 * The bucket behind the access point that the request comes through; null: it comes through none, or the bucket is not known. The root
 * user of the bucket's account gets back in through an access point, too.
 */
export function bucketSide({ principal, action, resource }: Evaluation): BucketSide | null {
  const bucket = bucketThrough(resource, action);
  if (bucket === null) return null;
  const sameAccount = principal.partition === resource.partition && principal.accountId === bucket.facts.accountId;
  if (principal.caller === 'root' && sameAccount && WAYS_BACK_IN.has(action.name.toLowerCase())) return null;
  return { sameAccount, grantNeeded: resource.accountId !== bucket.facts.accountId };
}

/** The bucket behind the access point that calls of the action on the resource come through; null: they come through none. */
function bucketThrough({ bucket }: PreparedResource, { service, name }: ActionFacts): PreparedBucket | null {
  return bucket !== null && service === 's3' && comesThrough(name) ? bucket : null;
}

/** In lower case. */
export const WAYS_BACK_IN: ReadonlySet<string> = new Set([
  's3:getbucketpolicy',
  's3:putbucketpolicy',
  's3:deletebucketpolicy',
]);

/**
 * The root user of the account that owns a bucket can read, write and delete its policy whatever the policy says; control
 * policies still apply. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
 */
function isWayBackIn(evaluation: Evaluation): boolean {
  return WAYS_BACK_IN.has(evaluation.action.name.toLowerCase()) && sameAccount(evaluation);
}

/**
 * Identity policies alone are never enough: a role must trust the caller, a KMS key's policy must enable IAM policies.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export function resourceSideNeeded(evaluation: Evaluation): boolean {
  return isTrustRequest(evaluation) || (evaluation.resource.kind === 'key' && evaluation.action.service === 'kms');
}

/**
 * The resource control policies that apply to the request; null: none do. They apply to resources of member accounts, in the
 * services that AWS names. A resource with an unknown owner is treated as the caller's own, and so is a request without a
 * resource: the control policies above the caller's account apply to both. To a request through an access point, those above the
 * account of its bucket apply, too.
 */
export function resourceControlOf({ principal, action, resource }: Evaluation): PlanMemo<ControlPlan> | null {
  const { controlPlans } = resource;
  if (controlPlans === null && resource.accountId !== null && resource.bucket === null) return null;
  const through = bucketThrough(resource, action);
  const plans = through === null ? (controlPlans ?? homeControlOf(principal, resource)) : through.controlPlans;
  if (plans === null || !action.resourceControlSupported || isServiceLinked(principal.facts) || isRetireGrant(action))
    return null;
  if (through !== null) return plans;
  const { organization } = resource.facts;
  return organization !== null && organization.managementAccountId === resource.accountId ? null : plans;
}

function homeControlOf(principal: PreparedPrincipal, resource: PreparedResource): PlanMemo<ControlPlan> | null {
  return resource.accountId === null ? (principal.policies?.homeControl ?? null) : null;
}

/** The levels of `resourceControlOf`. */
export function controlLevelsOf({ principal, action, resource }: Evaluation): readonly ControlLevel[] {
  const through = bucketThrough(resource, action);
  if (through !== null) return through.control.levels ?? [];
  return resource.facts.resourceControl ?? principal.policies?.source.resourceControl ?? [];
}

function isRetireGrant(action: ActionFacts): boolean {
  return action.service === 'kms' && action.name.toLowerCase() === 'kms:retiregrant';
}
