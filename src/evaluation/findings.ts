import { belongsToAws } from './aws-owned.ts';
import type { CallerDenies } from './caller-denies.ts';
import { closedLayerOf } from './closed-layer.ts';
import type { BucketSide, Findings, Situation } from './decide.ts';
import type { MatchedStatement } from './decision.ts';
import { isGrantee, namedByGrant } from './grantee.ts';
import type { PolicyLayer } from './layer.ts';
import { type ControlPlan, EMPTY_PLAN, type LayerPlan, NONE } from './layer-set.ts';
import { AS_ACCOUNT, DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';
import { withoutRepetition } from './matched-statement.ts';
import { collected, collectedUpTo, Matching, ruleAt } from './matching.ts';
import { NOBODY } from './names.ts';
import type { PrincipalPlan } from './plan.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { ActionFacts, EndpointPlan, RequestFacts } from './request.ts';
import {
  bucketSide,
  endpointTakesPart,
  hasEverything,
  needsNoPermission,
  publicAccessAllows,
  resourceControlOf,
  resourceLayer,
  resourcePolicyTakesPart,
  resourceSideNeeded,
  sameAccount,
  samePartition,
} from './situation.ts';

/**
 * The results of the layers for one request, computed from the plans of the action while `decide` asks. One object holds the
 * request, its situation and its findings, because decisions are made millions of times.
 */
export class PlannedFindings extends Matching implements Findings, Situation {
  declare private readonly plan: PrincipalPlan | null;
  declare private readonly resourcePlan: LayerPlan;
  /** The result of `grant`; NOT_NAMED until it is computed. */
  declare private granted: Naming;
  /** The strongest naming of a grant of the key, and of the key's policy alone, since `grant` was computed. */
  declare private keyGranted: Naming;
  /** Position in the plan of the first matching Allow of identity policies; NOWHERE: none is known. */
  declare private firstAllow: number;

  constructor(principal: PreparedPrincipal, action: ActionFacts, resource: PreparedResource, request: RequestFacts) {
    super(principal, action, resource, request);
    this.plan = principal.policies === null ? null : principal.policies.for(action);
    this.resourcePlan =
      resource.policyPlans !== null && resourcePolicyTakesPart(this) ? resource.policyPlans.for(action) : EMPTY_PLAN;
    this.granted = NOT_NAMED;
    this.keyGranted = NOT_NAMED;
    this.firstAllow = NOWHERE;
  }

  get resourceLayer(): PolicyLayer {
    return resourceLayer(this);
  }

  get caller(): Situation['caller'] {
    return this.principal.caller;
  }

  get sameAccount(): boolean {
    return sameAccount(this);
  }

  get free(): boolean {
    return needsNoPermission(this);
  }

  get unmodifiable(): boolean {
    return belongsToAws(this) !== null;
  }

  get resourceSideNeeded(): boolean {
    return resourceSideNeeded(this);
  }

  get bucket(): BucketSide | null {
    return this.resource.bucket === null ? null : bucketSide(this);
  }

  private bucketDenies(): boolean {
    return this.anyBehind(this.bucketPlan.deny.rules);
  }

  private get bucketPlan(): LayerPlan {
    return this.bucket === null ? EMPTY_PLAN : (this.resource.bucket?.plans?.for(this.action) ?? EMPTY_PLAN);
  }

  private get sessionPlan(): LayerPlan | null {
    const { session } = this.principal;
    return session === null ? null : session.plans.for(this.action);
  }

  /** In the order of `DENY_ORDER`. */
  explicitlyDeniedBy(): PolicyLayer | null {
    const { plan, sessionPlan } = this;
    const ceilings = plan === null || plan.open ? null : plan;
    if (ceilings !== null && this.controlDenies(ceilings)) return 'SERVICE_CONTROL_POLICY';
    const control = this.resourceControl;
    if (control !== null && this.namedDeny(control)) return 'RESOURCE_CONTROL_POLICY';
    const { endpointPlan } = this;
    if (endpointPlan !== null && this.anyOnPath(endpointPlan.deny.rules)) return 'VPC_ENDPOINT_POLICY';
    if (ceilings !== null && ceilings.boundary !== null && this.anyMatches(ceilings.boundary.deny)) {
      return 'PERMISSIONS_BOUNDARY';
    }
    if (sessionPlan !== null && this.anyMatches(sessionPlan.deny)) return 'SESSION_POLICY';
    if (this.namedDeny(this.resourcePlan)) return this.resourceLayer;
    if (this.resource.bucket !== null && this.bucketDenies()) return 'UNDERLYING_BUCKET_POLICY';
    if (plan === null || (plan.denyMarks & this.resource.marks) === 0 || plan.identityDeny === null) return null;
    return this.anyMatches(plan.identityDeny) ? 'IDENTITY_POLICY' : null;
  }

  closedBy(): PolicyLayer | null {
    return this.principal.closed || this.resource.closed ? closedLayerOf(this) : null;
  }

  serviceControlAllows(): boolean {
    const { plan } = this;
    if (plan === null || plan.open || plan.serviceControl === null || !this.principal.controlled) return true;
    for (const level of plan.serviceControl.allow) if (!this.anyMatches(level)) return false;
    return true;
  }

  endpointAllows(): boolean {
    const { endpointPlan } = this;
    return endpointPlan === null || this.anyOnPath(endpointPlan.allow.rules);
  }

  publicAccessAllows(): boolean {
    return this.resource.restrictedBy === null || publicAccessAllows(this);
  }

  grant(): Naming {
    const byPolicy = this.policyGrant();
    this.granted = byPolicy;
    if (this.resource.grantPlans === null) return byPolicy;
    this.keyGranted = this.keyGrant(this.resource.grantPlans.for(this.action));
    if (this.keyGranted > byPolicy) this.granted = this.keyGranted;
    return this.granted;
  }

  bucketGrant(): Naming {
    let strongest: Naming = NOT_NAMED;
    if (!samePartition(this.principal, this.resource)) return strongest;
    for (const rule of this.bucketPlan.allow.rules) {
      const named = this.namedBehind(rule);
      if (named > strongest && this.applies(rule)) strongest = named;
    }
    return strongest;
  }

  isGrantee(): boolean {
    return isGrantee(this.keyGranted);
  }

  private keyGrant({ allow, allowNames }: LayerPlan): Naming {
    const { names } = this.principal;
    let strongest: Naming = NOT_NAMED;
    if (this.action.service !== 'kms' || (allowNames & names) === NOBODY) return strongest;
    for (const rule of allow.rules) {
      if ((rule.names & names) === NOBODY) continue;
      const named = namedByGrant(this, rule.statement);
      if (named > strongest && this.applies(rule)) strongest = named;
    }
    return strongest;
  }

  private policyGrant(): Naming {
    const { allowNames, allow } = this.resourcePlan;
    if ((allowNames & this.boundNames) === NOBODY || !samePartition(this.principal, this.resource)) return NOT_NAMED;
    let strongest: Naming = NOT_NAMED;
    for (let i = 0; i < allow.count; i += 1) {
      const rule = ruleAt(allow, i);
      const named = this.namedOnResource(rule);
      if (named > strongest && this.applies(rule)) strongest = named;
      if (strongest === DIRECTLY) break;
    }
    return strongest;
  }

  identityAllows(): boolean {
    // The root user, and federated users of the root user, have everything that the ceilings leave.
    if (this.caller === 'root' || (this.caller === 'federatedUser' && hasEverything(this.principal.facts))) return true;
    const { plan } = this;
    if (plan === null) return false;
    if (plan.always) return true;
    if (plan.index !== null) return this.anyIndexed(plan.index);
    this.firstAllow = this.next(plan, 0);
    return this.firstAllow < plan.count;
  }

  boundaryAllows(): boolean {
    const { plan } = this;
    return plan === null || plan.open || plan.boundary === null || this.anyMatches(plan.boundary.allow);
  }

  sessionAllows(): boolean {
    // A federated user without a session policy has no permissions of its own.
    const { sessionPlan } = this;
    if (sessionPlan === null) return this.caller !== 'federatedUser';
    return this.anyMatches(sessionPlan.allow);
  }

  /** All matching Denies; those of the layer that is named first come first. */
  protected denying(): readonly MatchedStatement[] {
    const { plan, sessionPlan, resourceControl, endpointPlan } = this;
    let count = 0;
    const control = plan !== null && this.principal.controlled ? plan.serviceControl : null;
    if (control !== null && control.deny !== NONE) count = this.collectControl(control, count);
    if (resourceControl !== null) count = this.collectNamed(resourceControl.deny, NOT_NAMED, count);
    if (endpointPlan !== null) {
      for (const rule of endpointPlan.deny.rules) if (this.appliesOnPath(rule)) collected[count++] = rule.asMatched;
    }
    if (plan !== null && plan.boundary !== null) count = this.collect(plan.boundary.deny, 0, count);
    if (sessionPlan !== null) count = this.collect(sessionPlan.deny, 0, count);
    count = this.collectNamed(this.resourcePlan.deny, NOT_NAMED, count);
    if (this.resource.bucket !== null) count = this.collectBehind(this.bucketPlan.deny.rules, NOT_NAMED, count);
    if (plan !== null && plan.identityDeny !== null && this.caller !== 'root') {
      count = this.collect(plan.identityDeny, 0, count);
    }
    const found = collectedUpTo(count);
    return resourceControl === null || this.resource.bucket === null ? found : withoutRepetition(found);
  }

  /** All matching Allows that grant: identity policies, the policy of the resource and grants of a key; ceilings limit. */
  protected granting(): readonly MatchedStatement[] {
    let count = 0;
    const accountCounts = this.granted !== NOT_NAMED && (this.resourceSideNeeded || !this.sameAccount);
    if (this.granted > AS_ACCOUNT || accountCounts) {
      const than = accountCounts ? NOT_NAMED : AS_ACCOUNT;
      count = this.collectGrants(than, count);
      count = this.collectNamed(this.resourcePlan.allow, than, count);
    }
    const { plan, firstAllow, bucket } = this;
    if (bucket !== null) {
      const needed = bucket.grantNeeded || !bucket.sameAccount;
      count = this.collectBehind(this.bucketPlan.allow.rules, needed ? NOT_NAMED : AS_ACCOUNT, count);
    }
    if (plan !== null && this.caller !== 'root') {
      if (firstAllow !== NOWHERE) {
        collected[count++] = ruleAt(plan, firstAllow).asMatched;
      }
      // NOWHERE sorts before the first position.
      count = this.collect(plan, firstAllow + 1, count);
    }
    return collectedUpTo(count);
  }

  private get resourceControl(): ControlPlan | null {
    const plans = resourceControlOf(this);
    return plans === null ? null : plans.for(this.action);
  }

  private get endpointPlan(): EndpointPlan | null {
    const { endpoint } = this.request;
    return endpoint === undefined || !endpointTakesPart(this) ? null : endpoint.for(this.action);
  }

  private controlDenies({ serviceControl }: PrincipalPlan): boolean {
    if (serviceControl === null || serviceControl.deny === NONE || !this.principal.controlled) return false;
    const callerDenies = this.callerDeniesOf(serviceControl);
    return callerDenies === null ? this.anyMatches(serviceControl.deny) : this.anyOfCaller(callerDenies);
  }

  private collectControl(serviceControl: ControlPlan, at: number): number {
    const callerDenies = this.callerDeniesOf(serviceControl);
    return callerDenies === null ? this.collect(serviceControl.deny, 0, at) : this.collectOfCaller(callerDenies, at);
  }

  private callerDeniesOf({ callerDenies }: ControlPlan): CallerDenies | null {
    // In a simulation the request can give the keys of the caller, too.
    return this.request.authority === 'directory' ? callerDenies : null;
  }

  private collectGrants(than: Naming, at: number): number {
    const { grantPlans } = this.resource;
    if (this.keyGranted <= than || grantPlans === null) return at;
    let count = at;
    for (const rule of grantPlans.for(this.action).allow.rules) {
      if (namedByGrant(this, rule.statement) > than && this.applies(rule)) collected[count++] = rule.asMatched;
    }
    return count;
  }
}

const NOWHERE = -1;
