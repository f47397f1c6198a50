import { parseArn, type ResourceText, resourceText, sameText } from '../policy/arn.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { accessPointIn } from './access-point.ts';
import type { AttachedPolicy, PrincipalPolicies } from './applicable-policies.ts';
import { type Bound, bindingsOf } from './bindings.ts';
import { isBucket } from './bucket.ts';
import { hasClosed, isClosed, ownClosedLayer } from './closed-policy.ts';
import { type ControlThrough, controlThrough } from './control-behind.ts';
import { grantPolicy } from './key-grant.ts';
import type { PolicyLayer } from './layer.ts';
import { type ControlPlan, type LayerPlan, planLayer } from './layer-set.ts';
import { type Names, namesOf } from './names.ts';
import { controlPlans, PreparedPolicies } from './plan.ts';
import { PlanMemo } from './plan-memo.ts';
import type { PrincipalFacts, RoleFacts, RoleSessionFacts, Tags } from './principal.ts';
import { foldTags, principalTags } from './principal-values.ts';
import { type PublicAccessLevel, restrictedBy } from './public-access.ts';
import type { PreparedEndpoint } from './request.ts';
import type { ResourceFacts } from './resource.ts';
import { serviceControlBinds } from './service-linked.ts';
import { isReadableThrough, seenThrough, type UnderlyingBucket } from './underlying-bucket.ts';
import { WeakMemo } from './weak-memo.ts';
import { withFacts } from './with-facts.ts';

/** The session policies of one session. */
export interface PreparedSession {
  readonly source: readonly AttachedPolicy[];
  readonly plans: PlanMemo<LayerPlan>;
}

/** A principal that makes requests, ready for deciding. */
export interface PreparedPrincipal {
  // The order of use.
  /** Null: no policies are attached (services, anonymous). */
  readonly policies: PreparedPolicies | null;
  /** Null: the session, if it is one, was made without session policies. */
  readonly session: PreparedSession | null;
  readonly caller: PrincipalFacts['kind'];
  /**
   * Bits of the parts of control policies' Denies that depend on the caller alone (caller-denies.ts): those that have been looked at,
   * and those that hold. They are of these facts: a copy with other facts starts without.
   */
  callerBitsKnown: number;
  callerBitsHeld: number;
  /** A policy that limits it, or is above its account's resources, has unknown content. */
  readonly closed: boolean;
  /** Empty for services and anonymous, which belong to no account. */
  readonly accountId: string;
  readonly partition: string;
  /** The names that policies of resources can use for it. */
  readonly names: Names;
  /** The service control policies of its account apply to it. */
  readonly controlled: boolean;
  /** The first of its own layers with a policy of unknown content; null: there is none. */
  readonly closedBy: PolicyLayer | null;
  readonly facts: PrincipalFacts;
  /** aws:PrincipalTag, by key in lower case. */
  readonly tags: ReadonlyMap<string, string>;
}

/** A resource with its policies, ready for deciding. */
export interface PreparedResource extends ResourceText {
  /** The owner according to the directory or the ARN; null: neither says. */
  readonly accountId: string | null;
  /** Of the ARN; empty if it is not an ARN. */
  readonly partition: string;
  /** The policy that must allow besides the identity policies: the trust policy of a role, the key policy of a KMS key. */
  readonly kind: 'role' | 'key' | 'other';
  /** Tags by key in lower case; null: unknown. */
  readonly tags: ReadonlyMap<string, string> | null;
  /** For a general purpose bucket: its tags are known to count. Left out: unknown whether they do. */
  readonly tagsCount?: true;
  /** Null: it has no policy. */
  readonly policyPlans: PlanMemo<LayerPlan> | null;
  readonly facts: ResourceFacts;
  /** The unique ids that names in its policy are bound to; null: none is. */
  readonly bindings: Bound['bindings'];
  /** Null: no resource control policies apply to it. */
  readonly controlPlans: PlanMemo<ControlPlan> | null;
  /** Its policy, or a resource control policy, has unknown content. */
  readonly closed: boolean;
  /** Grants of a KMS key, as policies; mostly none. */
  readonly grantPolicies: readonly AttachedPolicy[];
  /** Null: it has no grants. */
  readonly grantPlans: PlanMemo<LayerPlan> | null;
  /** The bucket behind an access point of S3, whose policy also has to allow; null: the resource is none, or its bucket is not known. */
  readonly bucket: PreparedBucket | null;
  /** The level of S3 Block Public Access that restricts access to it, because its policy is public; null: none. */
  readonly restrictedBy: PublicAccessLevel | null;
}

/** The bucket behind an access point, ready for deciding on requests through it. */
export interface PreparedBucket extends Bound {
  readonly facts: UnderlyingBucket;
  /** Its policy as it counts for the access point; null: it has none. */
  readonly policy: AttachedPolicy | null;
  readonly plans: PlanMemo<LayerPlan> | null;
  readonly control: ControlThrough;
  /** Plans of `control`; null: no resource control policies apply to requests through the access point. */
  readonly controlPlans: PlanMemo<ControlPlan> | null;
}

/** A role that can be assumed, ready for decisions on its sessions and on assuming it. */
export interface PreparedRole {
  readonly facts: RoleFacts;
  readonly policies: PreparedPolicies;
  /** The role as a resource, with its trust policy. */
  readonly trust: PreparedResource;
  /** Seconds. */
  readonly maxSessionDuration: number;
}

/** Prepares the policies of a user or role: what they say about an action is computed when it is first needed. */
export function preparePolicies(source: PrincipalPolicies): PreparedPolicies {
  return new PreparedPolicies(source);
}

/**
 * Prepares a principal. `policies` are those of the user; for a role session those of the role; for a federated user those of
 * the issuing user; for a root user those of its account (control policies only); null for services and anonymous.
 */
export function preparePrincipal(
  facts: PrincipalFacts,
  policies: PreparedPolicies | null,
  sessionPolicies: readonly AttachedPolicy[] | null,
): PreparedPrincipal {
  const session = sessionPolicies === null || sessionPolicies.length === 0 ? null : prepareSession(sessionPolicies);
  const inAccount = facts.kind === 'service' || facts.kind === 'anonymous' ? null : facts;
  const closedBy = ownClosedLayer(facts, policies?.source ?? null, sessionPolicies);
  return {
    policies,
    session,
    caller: facts.kind,
    callerBitsKnown: 0,
    callerBitsHeld: 0,
    closed: closedBy !== null || policies?.homeClosed === true,
    accountId: inAccount === null ? '' : sameText(inAccount.accountId),
    partition: inAccount === null ? '' : sameText(inAccount.partition),
    names: namesOf(facts),
    controlled: serviceControlBinds(facts),
    closedBy,
    facts,
    tags: principalTags(facts),
  };
}

function prepareSession(source: readonly AttachedPolicy[]): PreparedSession {
  return { source, plans: new PlanMemo<LayerPlan>((action) => planLayer(source, 'SESSION_POLICY', action)) };
}

/** A session of a role, real or hypothetical. */
export function roleSession(
  role: PreparedRole,
  session: {
    /** Null: not given. */
    readonly sessionName: string | null;
    readonly tags: Tags;
    readonly sourceIdentity: string | null;
    /** Milliseconds since 1970; null: issued at the `now` of each request. */
    readonly issuedAt: number | null;
    /** Left out: none. */
    readonly federatedProvider?: string | null;
    readonly sessionPolicies: readonly AttachedPolicy[] | null;
  },
): PreparedPrincipal {
  const { accountId, partition, organization } = role.facts;
  const { sessionName, tags, sourceIdentity, issuedAt, federatedProvider = null, sessionPolicies } = session;
  const facts: RoleSessionFacts = {
    kind: 'roleSession',
    accountId,
    partition,
    organization,
    role: role.facts,
    sessionName,
    tags,
    sourceIdentity,
    issuedAt,
    federatedProvider,
  };
  return preparePrincipal(facts, role.policies, sessionPolicies);
}

/**
 * Prepares a resource. If its owner is unknown (`accountId` null and none in the ARN, as for a bucket that the
 * directory does not hold) it is treated as belonging to the caller's account: the answer must say so.
 */
export function prepareResource(facts: ResourceFacts): PreparedResource {
  const arn = parseArn(facts.arn);
  const inArn = arn !== null && isAccountId(arn.accountId) ? arn.accountId : null;
  const levels = facts.resourceControl;
  const owner = facts.accountId ?? inArn;
  const kind = kindOf(arn?.service ?? '', arn?.resource ?? '');
  const { marks, head, rest, service, segments, text, arn: isArn } = resourceText(facts.arn);
  const { publicAccess } = facts;
  const grants = kind === 'key' ? (facts.grants ?? NO_GRANTS).map((grant) => grantPolicy(facts.arn, grant)) : NO_GRANTS;
  const bucket = bucketBehind(facts, owner);
  const prepared: PreparedResource = {
    // The order of use: what every decision reads is in two cache lines.
    policyPlans: facts.policy === null ? null : policyPlans(facts.policy, kind),
    marks,
    kind,
    closed: (facts.policy !== null && isClosed(facts.policy)) || hasClosed(levels) || isClosedBehind(bucket),
    accountId: owner === null ? null : sameText(owner),
    partition: sameText(arn?.partition ?? ''),
    bindings: bindingsOf(facts),
    controlPlans: levels === null ? null : controlPlans(levels, 'RESOURCE_CONTROL_POLICY'),
    bucket,
    restrictedBy:
      publicAccess === undefined
        ? null
        : restrictedBy({ service, segments, rest }, publicAccess, facts.policy, facts.accessPoint),
    grantPlans: grants.length === 0 ? null : grantPlans(grants),
    arn: isArn,
    head,
    rest,
    service,
    segments,
    facts,
    text,
    tags: facts.tags === null ? null : foldTags(facts.tags),
    grantPolicies: grants,
  };
  if (facts.tagsCount === undefined || !isBucket(prepared)) return prepared;
  return facts.tagsCount ? { ...prepared, tagsCount: true } : { ...prepared, tags: NO_TAGS };
}

/** Null: the resource is nothing behind an access point, or the bucket is not known. */
function bucketBehind(
  { arn, accessPoint, resourceControl, organization }: ResourceFacts,
  owner: string | null,
): PreparedBucket | null {
  const facts = accessPoint?.bucket ?? null;
  const point = facts === null ? null : accessPointIn(arn);
  if (facts === null || point === null || !isReadableThrough(facts.arn, point)) return null;
  const policy = facts.policy === null ? null : seenThrough(facts.policy, facts.arn, point);
  const plans = policy === null ? null : sharedPlan(policy, 'UNDERLYING_BUCKET_POLICY');
  const isManaging = organization !== null && organization.managementAccountId === owner;
  const control = controlThrough(isManaging ? null : resourceControl, owner ?? '', facts, point);
  const ofControl = control.levels === null ? null : controlPlans(control.levels, 'RESOURCE_CONTROL_POLICY');
  return { facts, policy, plans, bindings: bindingsOf(facts), control, controlPlans: ofControl };
}

function isClosedBehind(bucket: PreparedBucket | null): boolean {
  return bucket !== null && (hasClosed(bucket.control.levels) || (bucket.policy !== null && isClosed(bucket.policy)));
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

const NO_GRANTS: readonly never[] = [];

/** The same KMS key with other grants; without any, other resources too. */
export function withGrants(prepared: PreparedResource, grantPolicies: readonly AttachedPolicy[]): PreparedResource {
  return grantPolicies.length === 0 ? prepared : { ...prepared, grantPolicies, grantPlans: grantPlans(grantPolicies) };
}

function grantPlans(policies: readonly AttachedPolicy[]): PlanMemo<LayerPlan> {
  return new PlanMemo<LayerPlan>((action) => planLayer(policies, 'KMS_GRANT', action));
}

/** Everything that a policy governs shares its plans. */
const sharedPlans = {
  TRUST_POLICY: new WeakMemo<AttachedPolicy, PlanMemo<LayerPlan>>(),
  RESOURCE_POLICY: new WeakMemo<AttachedPolicy, PlanMemo<LayerPlan>>(),
  UNDERLYING_BUCKET_POLICY: new WeakMemo<AttachedPolicy, PlanMemo<LayerPlan>>(),
};

function policyPlans(policy: AttachedPolicy, kind: PreparedResource['kind']): PlanMemo<LayerPlan> {
  return sharedPlan(policy, kind === 'role' ? 'TRUST_POLICY' : 'RESOURCE_POLICY');
}

function sharedPlan(policy: AttachedPolicy, layer: keyof typeof sharedPlans): PlanMemo<LayerPlan> {
  const known = sharedPlans[layer].get(policy);
  if (known !== undefined) return known;
  const plans = new PlanMemo<LayerPlan>((action) => planLayer([policy], layer, action));
  sharedPlans[layer].set(policy, plans);
  return plans;
}

/**
 * Prepares the policy of a VPC endpoint. It names principals like the policy of a resource, and grants nothing. (For
 * a gateway endpoint, AWS accepts only `*` as Principal.)
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function prepareEndpoint(policy: AttachedPolicy): PreparedEndpoint {
  const plans = new PlanMemo<LayerPlan>((action) => planLayer([policy], 'VPC_ENDPOINT_POLICY', action));
  return { source: policy, for: (action) => plans.for(action) };
}

function kindOf(service: string, resource: string): PreparedResource['kind'] {
  if (service === 'iam' && resource.startsWith('role/')) return 'role';
  return service === 'kms' && resource.startsWith('key/') ? 'key' : 'other';
}

/** A user or root user with credentials of sts:GetSessionToken or of a browser, issued at `issuedAt`. */
export function withToken(principal: PreparedPrincipal, issuedAt: number): PreparedPrincipal {
  const { facts } = principal;
  if (facts.kind !== 'user' && facts.kind !== 'root') return principal;
  return withFacts(principal, { ...facts, issuedAt });
}
