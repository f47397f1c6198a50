import type { DecisionEffect } from './decision.ts';
import type { PolicyLayer } from './layer.ts';
import { AS_ROLE, DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';

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
 * VPC endpoint policy, Block Public Access, boundary, session policy, policy of the resource, identity policy. Resource control
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
  if (situation.caller === 'service' || situation.caller === 'anonymous') {
    if (!findings.endpointAllows()) return IMPLICIT.VPC_ENDPOINT_POLICY;
    if (!findings.publicAccessAllows()) return IMPLICIT.BLOCK_PUBLIC_ACCESS;
    return findings.grant() === DIRECTLY ? ALLOWED : IMPLICIT[situation.resourceLayer];
  }

  if (!findings.serviceControlAllows()) return IMPLICIT.SERVICE_CONTROL_POLICY;
  if (!findings.endpointAllows()) return IMPLICIT.VPC_ENDPOINT_POLICY;
  if (!findings.publicAccessAllows()) return IMPLICIT.BLOCK_PUBLIC_ACCESS;
  return situation.sameAccount ? withinAccount(situation, findings) : acrossAccounts(situation, findings);
}

/** Which layers an Allow of the resource's policy makes unnecessary depends on how it names the caller. */
function withinAccount(situation: Situation, findings: Findings): Outcome {
  const grant = findings.grant();
  const shutOut = situation.resourceSideNeeded && grant === NOT_NAMED;
  if (situation.caller === 'root') return shutOut ? IMPLICIT[situation.resourceLayer] : ALLOWED;

  // A boundary limits everybody who assumes a role, even if the trust policy names them:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
  const isTrust = situation.resourceLayer === 'TRUST_POLICY';
  if (grant === DIRECTLY && !isTrust) return ALLOWED;
  if (!findings.boundaryAllows()) return IMPLICIT.PERMISSIONS_BOUNDARY;
  if (grant === DIRECTLY) return ALLOWED;

  if (!findings.sessionAllows()) return IMPLICIT.SESSION_POLICY;
  if (shutOut) return IMPLICIT[situation.resourceLayer];
  if (grant === AS_ROLE) return ALLOWED;
  return findings.identityAllows() ? ALLOWED : IMPLICIT.IDENTITY_POLICY;
}

/**
 * Both sides must allow, however the resource's policy names the caller. A grant of a KMS key stands for both: a grantee uses it as
 * if its permissions came from a key policy or an IAM policy. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
function acrossAccounts(situation: Situation, findings: Findings): Outcome {
  if (!findings.boundaryAllows()) return IMPLICIT.PERMISSIONS_BOUNDARY;
  if (!findings.sessionAllows()) return IMPLICIT.SESSION_POLICY;
  if (findings.grant() === NOT_NAMED) return IMPLICIT[situation.resourceLayer];
  if (findings.isGrantee()) return ALLOWED;
  return findings.identityAllows() ? ALLOWED : IMPLICIT.IDENTITY_POLICY;
}
