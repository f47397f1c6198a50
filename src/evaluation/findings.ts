import type { CompiledStatement } from '../policy/statement.ts';
import type { Findings, Situation } from './decide.ts';
import { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import { type Candidates, type ControlPlan, EMPTY_PLAN, type LayerPlan } from './layer-set.ts';
import { DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';
import type { PreparedPrincipal, PreparedResource, PrincipalPlan } from './prepare.ts';
import type { ActionFacts, RequestFacts } from './request.ts';
import {
  needsNoPermission,
  resourceControlBinds,
  resourceLayer,
  resourcePolicyTakesPart,
  resourceSideNeeded,
  sameAccount,
  samePartition,
  serviceControlBinds,
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
    const hasPolicy = resource.facts.policy !== null && resourcePolicyTakesPart(this);
    this.resourcePlan = hasPolicy ? resource.policyPlans.for(action) : EMPTY_PLAN;
  }

  get resourceLayer(): PolicyLayer {
    return resourceLayer(this);
  }

  private get control(): ControlPlan | null {
    const control = this.plan === null ? null : this.plan.serviceControl;
    return control !== null && serviceControlBinds(this.principal.facts) ? control : null;
  }

  private get sessionPlan(): LayerPlan | null {
    const { session } = this.principal;
    return session === null ? null : session.plans.for(this.action);
  }

  get caller(): Situation['caller'] {
    return this.principal.facts.kind;
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

  /** In the order in which AWS's messages name the layers: service control, resource control, boundary, session, resource, identity. */
  explicitlyDeniedBy(): PolicyLayer | null {
    const { plan, control, sessionPlan } = this;
    if (control !== null && this.anyMatches(control.deny)) return 'SERVICE_CONTROL_POLICY';
    if (this.resourceControlDenies()) return 'RESOURCE_CONTROL_POLICY';
    if (plan !== null && plan.boundary !== null && this.anyMatches(plan.boundary.deny)) return 'PERMISSIONS_BOUNDARY';
    if (sessionPlan !== null && this.anyMatches(sessionPlan.deny)) return 'SESSION_POLICY';
    if (this.namedDeny(this.resourcePlan.deny)) return this.resourceLayer;
    return plan !== null && this.anyMatches(plan.identity.deny) ? 'IDENTITY_POLICY' : null;
  }

  serviceControlAllows(): boolean {
    const { control } = this;
    if (control === null) return true;
    for (const level of control.allow) if (!this.anyMatches(level)) return false;
    return true;
  }

  grant(): Naming {
    const { statements } = this.resourcePlan.allow;
    if (statements.length === 0 || !samePartition(this.principal.facts, this.resource)) return NOT_NAMED;
    let strongest: Naming = NOT_NAMED;
    for (const statement of statements) {
      const named = this.named(statement);
      if (named > strongest && this.matches(statement)) strongest = named;
      if (strongest === DIRECTLY) break;
    }
    return strongest;
  }

  identityAllows(): boolean {
    const facts = this.principal.facts;
    // The root user, and whoever it gives a federated session, has everything the ceilings leave.
    if (facts.kind === 'root' || (facts.kind === 'federatedUser' && facts.issuer === null)) return true;
    return this.plan !== null && this.anyMatches(this.plan.identity.allow);
  }

  boundaryAllows(): boolean {
    const { plan } = this;
    return plan === null || plan.boundary === null || this.anyMatches(plan.boundary.allow);
  }

  sessionAllows(): boolean {
    // A federated user without a session policy has no permissions of its own.
    const { sessionPlan } = this;
    if (sessionPlan === null) return this.principal.facts.kind !== 'federatedUser';
    return this.anyMatches(sessionPlan.allow);
  }

  private resourceControlDenies(): boolean {
    return resourceControlBinds(this) && this.namedDeny(this.resource.controlPlans.for(this.action).deny);
  }

  private namedDeny(deny: Candidates): boolean {
    for (const statement of deny.statements) {
      if (this.named(statement) !== NOT_NAMED && this.matches(statement)) return true;
    }
    return false;
  }

  private anyMatches(candidates: Candidates): boolean {
    if (candidates.always) return true;
    const { index, statements } = candidates;
    if (index !== null)
      return index.some(this.resource.text, (statement: CompiledStatement) => this.matches(statement));
    for (const statement of statements) if (this.matches(statement)) return true;
    return false;
  }
}
