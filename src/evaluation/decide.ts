import type { DecisionEffect } from './decision.ts';
import type { PolicyLayer } from './layer.ts';
import { AS_ROLE, DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';

/** The bucket behind an access point of S3, as one side of a request. */
export interface BucketSide {
  /** The bucket belongs to the caller's account. */
  readonly sameAccount: boolean;
  /** The access point belongs to another account, so that the bucket's policy must let the request in. */
  readonly grantNeeded: boolean;
}

/** Facts about the caller and the request that the combination of layers depends on, besides the results of the layers. */
export interface Situation {
  readonly caller: 'user' | 'roleSession' | 'federatedUser' | 'root' | 'service' | 'anonymous';
  readonly sameAccount: boolean;
  /** The call needs no permission at all. */
  readonly free: boolean;
  /** The call would change something that belongs to AWS: no policy can allow it. */
  readonly unmodifiable: boolean;
  /** TRUST_POLICY for calls that assume a role, else RESOURCE_POLICY. */
  readonly resourceLayer: PolicyLayer;
  /** Even within one account, the policy of the resource must let the caller in. */
  readonly resourceSideNeeded: boolean;
  /** The bucket behind the access point that the request comes through; null: it comes through none, or the bucket is not known. */
  readonly bucket: BucketSide | null;
}

/** The results of the layers for one request. Each is computed only when the outcome depends on it. */
export interface Findings {
  /** The layer that an explicit deny is attributed to; null: there is none. */
  explicitlyDeniedBy(): PolicyLayer | null;
  /** The first layer with a policy of unknown content, which could deny anything; null: there is none. */
  closedBy(): PolicyLayer | null;
  /** Every level from the organization's root to the account allows, or there is no such layer. */
  serviceControlAllows(): boolean;
  /** The policy of the VPC endpoint that the request comes through allows, or it comes through none. */
  endpointAllows(): boolean;
  /** S3 Block Public Access does not restrict the resource, or not for this caller. */
  publicAccessAllows(): boolean;
  /** The strongest matching Allow of the resource's policy, or of a grant of the key. */
  grant(): Naming;
  /** The strongest matching Allow of the policy of the bucket behind the access point. */
  bucketGrant(): Naming;
  /** A grant of the key names the caller itself. */
  isGrantee(): boolean;
  identityAllows(): boolean;
  /** The boundary allows, or there is none. */
  boundaryAllows(): boolean;
  /** The session policies allow, or the caller needs none. */
  sessionAllows(): boolean;
}

export interface Outcome {
  readonly effect: DecisionEffect;
  readonly deniedBy: PolicyLayer | null;
}

export const ALLOWED: Outcome = { effect: 'ALLOWED', deniedBy: null };
/** A denial that comes from no policy. */
const UNMODIFIABLE: Outcome = { effect: 'IMPLICIT_DENY', deniedBy: null };
const EXPLICIT = outcomes('EXPLICIT_DENY');
const IMPLICIT = outcomes('IMPLICIT_DENY');

function outcomes(effect: DecisionEffect): Readonly<Record<PolicyLayer, Outcome>> {
  const by = (deniedBy: PolicyLayer): Outcome => ({ effect, deniedBy });
  return {
    IDENTITY_POLICY: by('IDENTITY_POLICY'),
    RESOURCE_POLICY: by('RESOURCE_POLICY'),
    UNDERLYING_BUCKET_POLICY: by('UNDERLYING_BUCKET_POLICY'),
    TRUST_POLICY: by('TRUST_POLICY'),
    PERMISSIONS_BOUNDARY: by('PERMISSIONS_BOUNDARY'),
    SESSION_POLICY: by('SESSION_POLICY'),
    SERVICE_CONTROL_POLICY: by('SERVICE_CONTROL_POLICY'),
    RESOURCE_CONTROL_POLICY: by('RESOURCE_CONTROL_POLICY'),
    VPC_ENDPOINT_POLICY: by('VPC_ENDPOINT_POLICY'),
    BLOCK_PUBLIC_ACCESS: by('BLOCK_PUBLIC_ACCESS'),
    KMS_GRANT: by('KMS_GRANT'),
  };
}

/**
 * The combination of all layers: AWS's flow chart, in the same order.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 *
 * If several layers deny, AWS names one and does not document which; here it is the first of: service control policy,
 * VPC endpoint policy, Block Public Access, boundary, session policy, policy of the resource, policy of the bucket behind an access
 * point, identity policy. Resource control
 * policies never deny implicitly: RCPFullAWSAccess is attached everywhere and cannot be detached. Grants only allow.
 */
export function decide(situation: Situation, findings: Findings): Outcome {
  if (situation.free) return ALLOWED;
  if (situation.unmodifiable) return UNMODIFIABLE;

  const denying = findings.explicitlyDeniedBy();
  if (denying !== null) return EXPLICIT[denying];
  // An unreadable attached policy could deny what others allow: the request is not allowed, without claiming an explicit deny.
  const closed = findings.closedBy();
  if (closed !== null) return IMPLICIT[closed];

  // Services and anonymous callers belong to no account: only the resource can let them in. AWS does not say explicitly that it
  // also applies the endpoint policy to anonymous callers; a policy that limits a path limits everybody who uses it.
  const { caller } = situation;
  if (caller !== 'service' && caller !== 'anonymous' && !findings.serviceControlAllows()) {
    return IMPLICIT.SERVICE_CONTROL_POLICY;
  }
  if (!findings.endpointAllows()) return IMPLICIT.VPC_ENDPOINT_POLICY;
  if (!findings.publicAccessAllows()) return IMPLICIT.BLOCK_PUBLIC_ACCESS;
  const grant = findings.grant();
  const outcome = situation.sameAccount
    ? withinAccount(situation, findings, grant)
    : fromElsewhere(situation, findings, grant);
  return outcome !== ALLOWED || situation.bucket === null ? outcome : behind(situation, situation.bucket, findings);
}

/** What the combination depends on at one resource: the one of the request, or the bucket behind it. */
type Side = Pick<Situation, 'caller' | 'sameAccount' | 'resourceLayer' | 'resourceSideNeeded'>;

/** From another account, or from none. */
function fromElsewhere(side: Side, findings: Findings, grant: Naming): Outcome {
  const { caller } = side;
  if (caller !== 'service' && caller !== 'anonymous') return acrossAccounts(side, findings, grant);
  return grant === DIRECTLY ? ALLOWED : IMPLICIT[side.resourceLayer];
}

/**
 * A request through an access point must be permitted by the access point and by the bucket behind it: what the access point's policy
 * grants is effective only if the bucket also allows it. An access point of another account has no more than the bucket's policy grants.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
 */
function behind({ caller }: Situation, bucket: BucketSide, findings: Findings): Outcome {
  const { sameAccount, grantNeeded: resourceSideNeeded } = bucket;
  const side: Side = { caller, sameAccount, resourceSideNeeded, resourceLayer: 'UNDERLYING_BUCKET_POLICY' };
  const grant = findings.bucketGrant();
  const outcome = sameAccount ? withinAccount(side, findings, grant) : fromElsewhere(side, findings, grant);
  // The access point lets the caller in without policies of its own; the bucket does not.
  return sameAccount && outcome === IMPLICIT.IDENTITY_POLICY ? IMPLICIT.UNDERLYING_BUCKET_POLICY : outcome;
}

/** Which layers an Allow of the resource's policy makes unnecessary depends on how it names the caller. */
function withinAccount(side: Side, findings: Findings, grant: Naming): Outcome {
  const shutOut = side.resourceSideNeeded && grant === NOT_NAMED;
  if (side.caller === 'root') return shutOut ? IMPLICIT[side.resourceLayer] : ALLOWED;

  // A boundary limits everybody who assumes a role, even if the trust policy names them:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
  const isTrust = side.resourceLayer === 'TRUST_POLICY';
  if (grant === DIRECTLY && !isTrust) return ALLOWED;
  if (!findings.boundaryAllows()) return IMPLICIT.PERMISSIONS_BOUNDARY;
  if (grant === DIRECTLY) return ALLOWED;

  if (!findings.sessionAllows()) return IMPLICIT.SESSION_POLICY;
  if (shutOut) return IMPLICIT[side.resourceLayer];
  if (grant === AS_ROLE) return ALLOWED;
  return findings.identityAllows() ? ALLOWED : IMPLICIT.IDENTITY_POLICY;
}

/**
 * Both sides must allow, however the resource's policy names the caller. A grant of a KMS key stands for both: a grantee uses it as
 * if its permissions came from a key policy or an IAM policy. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
function acrossAccounts(side: Side, findings: Findings, grant: Naming): Outcome {
  if (!findings.boundaryAllows()) return IMPLICIT.PERMISSIONS_BOUNDARY;
  if (!findings.sessionAllows()) return IMPLICIT.SESSION_POLICY;
  if (grant === NOT_NAMED) return IMPLICIT[side.resourceLayer];
  if (findings.isGrantee()) return ALLOWED;
  return findings.identityAllows() ? ALLOWED : IMPLICIT.IDENTITY_POLICY;
}
