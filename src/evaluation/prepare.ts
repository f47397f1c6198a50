import { parseArn, type ResourceText, resourceText, sameText } from '../policy/arn.ts';
import { isAccountId } from '../policy/principal-id.ts';
import type { AttachedPolicy, PrincipalPolicies } from './applicable-policies.ts';
import { hasClosed, isClosed, ownClosedLayer } from './closed-policy.ts';
import type { PolicyLayer } from './layer.ts';
import { type ControlPlan, type LayerPlan, planLayer } from './layer-set.ts';
import { type Names, namesOf } from './names.ts';
import { controlPlans, PreparedPolicies } from './plan.ts';
import { PlanMemo } from './plan-memo.ts';
import type { PrincipalFacts, RoleFacts, RoleSessionFacts, Tags } from './principal.ts';
import { foldTags, principalTags } from './principal-values.ts';
import type { PreparedEndpoint } from './request.ts';
import type { ResourceFacts } from './resource.ts';
import { serviceControlBinds } from './service-linked.ts';

/** The session policies of one session. */
export interface PreparedSession {
  readonly source: readonly AttachedPolicy[];
  readonly plans: PlanMemo<LayerPlan>;
}

/** Somebody who makes requests, ready for deciding. */
export interface PreparedPrincipal {
  // The order of use.
  /** Null: no policies are attached (services, anonymous). */
  readonly policies: PreparedPolicies | null;
  /** Null: the session, if it is one, was made without session policies. */
  readonly session: PreparedSession | null;
  readonly caller: PrincipalFacts['kind'];
  /** Of a policy that limits it, or stands above its account's resources, nothing is known. */
  readonly closed: boolean;
  /** Empty for services and anonymous, which belong to no account. */
  readonly accountId: string;
  readonly partition: string;
  /** What policies of resources can call it. */
  readonly names: Names;
  /** It is bound by the service control policies of its account. */
  readonly controlled: boolean;
  /** The first of its own layers with a policy of which nothing is known; null: there is none. */
  readonly closedBy: PolicyLayer | null;
  readonly facts: PrincipalFacts;
  /** aws:PrincipalTag, by key in lower case. */
  readonly tags: ReadonlyMap<string, string>;
}

/** A resource with its policies, ready for deciding. */
export interface PreparedResource extends ResourceText {
  /** The owner as the directory or the ARN says it; null: neither does. */
  readonly accountId: string | null;
  /** Of the ARN; empty when it is none. */
  readonly partition: string;
  /** What has to allow beside the identity policies: the trust policy of a role, the key policy of a KMS key. */
  readonly kind: 'role' | 'key' | 'other';
  /** Tags by key in lower case; null: not known. */
  readonly tags: ReadonlyMap<string, string> | null;
  /** Of a general purpose bucket: its tags are known to count. Left out: it is not known whether they do. */
  readonly tagsCount?: true;
  /** Null: it has no policy. */
  readonly policyPlans: PlanMemo<LayerPlan> | null;
  readonly facts: ResourceFacts;
  /** Null: no resource control policies govern it. */
  readonly controlPlans: PlanMemo<ControlPlan> | null;
  /** Of its policy, or of a resource control policy, nothing is known. */
  readonly closed: boolean;
}

/** A role that can be assumed, ready for deciding as its sessions and about assuming it. */
export interface PreparedRole {
  readonly facts: RoleFacts;
  readonly policies: PreparedPolicies;
  /** The role as a resource, with its trust policy. */
  readonly trust: PreparedResource;
  /** Seconds. */
  readonly maxSessionDuration: number;
}

/** Makes the policies of a user or role ready: what they say of an action is worked out when it is first asked for. */
export function preparePolicies(source: PrincipalPolicies): PreparedPolicies {
  return new PreparedPolicies(source);
}

/**
 * Makes a principal ready. `policies` are those of the user; of the role for a role session; of the issuing user for a
 * federated user; of the account (control policies only) for its root user; null for services and anonymous.
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

/** A session of a role: the one that is, or one that is only asked about. */
export function roleSession(
  role: PreparedRole,
  session: {
    /** Null: not said. */
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
 * Makes a resource ready. Where its owner is not known (`accountId` null and none in the ARN, as with a bucket that the
 * directory has never seen) it is decided on as if it belonged to the caller's account: whoever asks has to say so.
 */
export function prepareResource(facts: ResourceFacts): PreparedResource {
  const arn = parseArn(facts.arn);
  const inArn = arn !== null && isAccountId(arn.accountId) ? arn.accountId : null;
  const levels = facts.resourceControl;
  const owner = facts.accountId ?? inArn;
  const kind = kindOf(arn?.service ?? '', arn?.resource ?? '');
  const { marks, head, rest, service, segments, text, arn: isArn } = resourceText(facts.arn);
  return {
    // The order of use.
    policyPlans: facts.policy === null ? null : policyPlans(facts.policy, kind),
    marks,
    kind,
    closed: (facts.policy !== null && isClosed(facts.policy)) || hasClosed(levels),
    accountId: owner === null ? null : sameText(owner),
    partition: sameText(arn?.partition ?? ''),
    head,
    rest,
    arn: isArn,
    service,
    segments,
    controlPlans: levels === null ? null : controlPlans(levels, 'RESOURCE_CONTROL_POLICY'),
    text,
    facts,
    tags: facts.tags === null ? null : foldTags(facts.tags),
  };
}

function policyPlans(policy: AttachedPolicy, kind: PreparedResource['kind']): PlanMemo<LayerPlan> {
  const layer = kind === 'role' ? 'TRUST_POLICY' : 'RESOURCE_POLICY';
  return new PlanMemo<LayerPlan>((action) => planLayer([policy], layer, action));
}

/**
 * Makes the policy of a VPC endpoint ready. It names principals as the policy of a resource does, and grants nothing. (Of
 * a gateway endpoint, AWS takes only `*` for a Principal.)
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function prepareEndpoint(policy: AttachedPolicy): PreparedEndpoint {
  return new PlanMemo<LayerPlan>((action) => planLayer([policy], 'VPC_ENDPOINT_POLICY', action));
}

function kindOf(service: string, resource: string): PreparedResource['kind'] {
  if (service === 'iam' && resource.startsWith('role/')) return 'role';
  return service === 'kms' && resource.startsWith('key/') ? 'key' : 'other';
}

/** A user or root user with credentials of sts:GetSessionToken or of a browser, issued at `issuedAt`. */
export function withToken(principal: PreparedPrincipal, issuedAt: number): PreparedPrincipal {
  const { facts } = principal;
  return facts.kind === 'user' || facts.kind === 'root' ? { ...principal, facts: { ...facts, issuedAt } } : principal;
}
