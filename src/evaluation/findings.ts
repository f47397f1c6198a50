import type { Findings, Situation } from './decide.ts';
import { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import { type Candidates, type ControlPlan, EMPTY_PLAN, type LayerPlan } from './layer-set.ts';
import { AS_ACCOUNT, DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';
import type { PreparedPrincipal, PreparedResource, PrincipalPlan } from './prepare.ts';
import type { ActionFacts, RequestFacts } from './request.ts';
import type { Rule } from './rule.ts';
import {
  needsNoPermission,
  resourceControlBinds,
  resourceLayer,
  resourcePolicyTakesPart,
  resourceSideNeeded,
  sameAccount,
  samePartition,
} from './situation.ts';

/**
 * What the layers say of one request, worked out from the plans of the action while `decide` asks. One object holds the
 * request, its situation and its findings: a decision is made millions of times.
 */
export class PlannedFindings extends Evaluation implements Findings, Situation {
  declare private readonly plan: PrincipalPlan | null;
  declare private readonly resourcePlan: LayerPlan;

  constructor(principal: PreparedPrincipal, action: ActionFacts, resource: PreparedResource, request: RequestFacts) {
    super(principal, action, resource, request);
    this.plan = principal.policies === null ? null : principal.policies.plans.for(action);
    this.resourcePlan =
      resource.policyPlans !== null && resourcePolicyTakesPart(this) ? resource.policyPlans.for(action) : EMPTY_PLAN;
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

  get resourceSideNeeded(): boolean {
    return resourceSideNeeded(this);
  }

  private get sessionPlan(): LayerPlan | null {
    const { session } = this.principal;
    return session === null ? null : session.plans.for(this.action);
  }

  /** In the order in which AWS's messages name the layers: service control, resource control, boundary, session, resource, identity. */
  explicitlyDeniedBy(): PolicyLayer | null {
    const { plan, sessionPlan } = this;
    if (plan !== null && this.controlDenies(plan)) return 'SERVICE_CONTROL_POLICY';
    const control = this.resourceControl;
    if (control !== null && this.namedDeny(control.deny)) return 'RESOURCE_CONTROL_POLICY';
    if (plan !== null && plan.boundaryDeny !== null && this.anyMatches(plan.boundaryDeny)) {
      return 'PERMISSIONS_BOUNDARY';
    }
    if (sessionPlan !== null && this.anyMatches(sessionPlan.deny)) return 'SESSION_POLICY';
    if (this.namedDeny(this.resourcePlan.deny)) return this.resourceLayer;
    if (plan === null || plan.identityDeny === null) return null;
    return this.anyMatches(plan.identityDeny) ? 'IDENTITY_POLICY' : null;
  }

  serviceControlAllows(): boolean {
    const { plan } = this;
    if (plan === null || plan.controlAllow === null || !this.principal.controlled) return true;
    for (const level of plan.controlAllow) if (!this.anyMatches(level)) return false;
    return true;
  }

  grant(): Naming {
    const { rules } = this.resourcePlan.allow;
    if (rules.length === 0 || !samePartition(this.principal.facts, this.resource)) return NOT_NAMED;
    let strongest: Naming = NOT_NAMED;
    for (const rule of rules) {
      const named = this.named(rule.statement);
      if (named > strongest && this.applies(rule)) strongest = named;
      if (strongest === DIRECTLY) break;
    }
    return strongest;
  }

  identityAllows(): boolean {
    // The root user, and whoever it gives a federated session, has everything the ceilings leave.
    if (this.caller === 'root' || this.isSessionOfRoot()) return true;
    return this.plan !== null && this.anyMatches(this.plan.identityAllow);
  }

  boundaryAllows(): boolean {
    const { plan } = this;
    return plan === null || plan.boundaryAllow === null || this.anyMatches(plan.boundaryAllow);
  }

  sessionAllows(): boolean {
    // A federated user without a session policy has no permissions of its own.
    const { sessionPlan } = this;
    if (sessionPlan === null) return this.caller !== 'federatedUser';
    return this.anyMatches(sessionPlan.allow);
  }

  /** All matching Denies, those of the layer that is named first in front. */
  protected denying(): readonly Rule[] {
    const { plan, sessionPlan, resourceControl } = this;
    let count = 0;
    if (plan !== null && plan.controlDeny !== null && this.principal.controlled) {
      count = this.collect(plan.controlDeny, count);
    }
    if (resourceControl !== null) count = this.collectNamed(resourceControl.deny, NOT_NAMED, count);
    if (plan !== null && plan.boundaryDeny !== null) count = this.collect(plan.boundaryDeny, count);
    if (sessionPlan !== null) count = this.collect(sessionPlan.deny, count);
    count = this.collectNamed(this.resourcePlan.deny, NOT_NAMED, count);
    if (plan !== null && plan.identityDeny !== null && this.caller !== 'root') {
      count = this.collect(plan.identityDeny, count);
    }
    return collected.slice(0, count);
  }

  /** All matching Allows that grant: only identity policies and the policy of the resource do, ceilings take away. */
  protected granting(): readonly Rule[] {
    let count = 0;
    const { allow } = this.resourcePlan;
    if (allow.rules.length > 0 && samePartition(this.principal.facts, this.resource)) {
      const accountCounts = this.resourceSideNeeded || !this.sameAccount;
      count = this.collectNamed(allow, accountCounts ? NOT_NAMED : AS_ACCOUNT, count);
    }
    if (this.plan !== null && this.caller !== 'root') count = this.collect(this.plan.identityAllow, count);
    return collected.slice(0, count);
  }

  private get resourceControl(): ControlPlan | null {
    const { controlPlans } = this.resource;
    return controlPlans === null || !resourceControlBinds(this) ? null : controlPlans.for(this.action);
  }

  private isSessionOfRoot(): boolean {
    if (this.caller !== 'federatedUser') return false;
    const facts = this.principal.facts;
    return facts.kind === 'federatedUser' && facts.issuer === null;
  }

  private controlDenies(plan: PrincipalPlan): boolean {
    return plan.controlDeny !== null && this.principal.controlled && this.anyMatches(plan.controlDeny);
  }

  private namedDeny(deny: Candidates): boolean {
    for (const rule of deny.rules) {
      if (this.named(rule.statement) !== NOT_NAMED && this.applies(rule)) return true;
    }
    return false;
  }

  private anyMatches(candidates: Candidates): boolean {
    if (candidates.always) return true;
    const { index, rules } = candidates;
    if (index !== null) return index.some(this.resource.text, (some) => this.anyApplies(some));
    return this.anyApplies(rules);
  }

  private anyApplies(rules: readonly Rule[]): boolean {
    for (const rule of rules) if (this.applies(rule)) return true;
    return false;
  }

  /** Puts the matching rules into `collected`, from a place on; answers the place behind them. */
  private collect({ rules, index }: Candidates, from: number): number {
    let count = from;
    if (index === null) {
      for (const rule of rules) if (this.applies(rule)) collected[count++] = rule;
      return count;
    }
    const matching = new Set<Rule>();
    index.some(this.resource.text, (some) => {
      for (const rule of some) if (this.applies(rule)) matching.add(rule);
      return false;
    });
    // The index does not keep the order of the documents.
    const inOrder = matching.size > 1 ? rules : matching;
    for (const rule of inOrder) if (matching.has(rule)) collected[count++] = rule;
    return count;
  }

  /** As `collect`, of those that name the caller more strongly than `than`. */
  private collectNamed({ rules }: Candidates, than: Naming, from: number): number {
    let count = from;
    for (const rule of rules) {
      if (this.named(rule.statement) > than && this.applies(rule)) collected[count++] = rule;
    }
    return count;
  }
}

/** Used again by every decision: a list that grows while it is filled takes several times the memory of what is in it. */
const collected: Rule[] = [];
