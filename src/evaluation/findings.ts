import type { Findings, Situation } from './decide.ts';
import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import type { Candidates } from './layer-set.ts';
import { DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';
import type { PrincipalPlan } from './prepare.ts';
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

export function situationOf(evaluation: Evaluation): Situation {
  return {
    caller: evaluation.principal.facts.kind,
    sameAccount: sameAccount(evaluation),
    free: needsNoPermission(evaluation),
    resourceLayer: resourceLayer(evaluation),
    resourceSideNeeded: resourceSideNeeded(evaluation),
  };
}

/** What the layers say, worked out from the plans of the action while `decide` asks. */
export class PlannedFindings implements Findings {
  readonly #evaluation: Evaluation;
  readonly #plan: PrincipalPlan | null;

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
    this.#plan = evaluation.principal.policies?.plans.for(evaluation.action) ?? null;
  }

  /** In the order in which AWS's messages name the layers: service control, resource control, boundary, session, resource, identity. */
  deniedBy(): PolicyLayer | null {
    const evaluation = this.#evaluation;
    const plan = this.#plan;
    const control = plan?.serviceControl ?? null;
    if (control !== null && serviceControlBinds(evaluation.principal.facts) && anyMatches(control.deny, evaluation)) {
      return 'SERVICE_CONTROL_POLICY';
    }
    if (this.#resourceControlDenies()) return 'RESOURCE_CONTROL_POLICY';
    const boundary = plan?.boundary ?? null;
    if (boundary !== null && anyMatches(boundary.deny, evaluation)) return 'PERMISSIONS_BOUNDARY';
    const session = evaluation.principal.session;
    if (session !== null && anyMatches(session.plans.for(evaluation.action).deny, evaluation)) return 'SESSION_POLICY';
    if (this.#resourceDenies()) return resourceLayer(evaluation);
    if (plan !== null && anyMatches(plan.identity.deny, evaluation)) return 'IDENTITY_POLICY';
    return null;
  }

  serviceControlAllows(): boolean {
    const evaluation = this.#evaluation;
    const control = this.#plan?.serviceControl ?? null;
    if (control === null || !serviceControlBinds(evaluation.principal.facts)) return true;
    for (const level of control.allow) if (!anyMatches(level, evaluation)) return false;
    return true;
  }

  grant(): Naming {
    const evaluation = this.#evaluation;
    if (!resourcePolicyTakesPart(evaluation)) return NOT_NAMED;
    if (!samePartition(evaluation.principal.facts, evaluation.resource)) return NOT_NAMED;
    let strongest: Naming = NOT_NAMED;
    for (const statement of evaluation.resource.policyPlans.for(evaluation.action).allow.statements) {
      const named = evaluation.named(statement);
      if (named > strongest && evaluation.matches(statement)) strongest = named;
      if (strongest === DIRECTLY) break;
    }
    return strongest;
  }

  identityAllows(): boolean {
    const facts = this.#evaluation.principal.facts;
    // The root user, and whoever it gives a federated session, has everything the ceilings leave.
    if (facts.kind === 'root' || (facts.kind === 'federatedUser' && facts.issuer === null)) return true;
    return this.#plan !== null && anyMatches(this.#plan.identity.allow, this.#evaluation);
  }

  boundaryAllows(): boolean {
    const boundary = this.#plan?.boundary ?? null;
    return boundary === null || anyMatches(boundary.allow, this.#evaluation);
  }

  sessionAllows(): boolean {
    const { session, facts } = this.#evaluation.principal;
    // A federated user without a session policy has no permissions of its own.
    if (session === null) return facts.kind !== 'federatedUser';
    return anyMatches(session.plans.for(this.#evaluation.action).allow, this.#evaluation);
  }

  #resourceControlDenies(): boolean {
    const evaluation = this.#evaluation;
    if (!resourceControlBinds(evaluation)) return false;
    return this.#namedDeny(evaluation.resource.controlPlans.for(evaluation.action).deny);
  }

  #resourceDenies(): boolean {
    const evaluation = this.#evaluation;
    if (!resourcePolicyTakesPart(evaluation)) return false;
    return this.#namedDeny(evaluation.resource.policyPlans.for(evaluation.action).deny);
  }

  #namedDeny(deny: Candidates): boolean {
    const evaluation = this.#evaluation;
    for (const statement of deny.statements) {
      if (evaluation.named(statement) !== NOT_NAMED && evaluation.matches(statement)) return true;
    }
    return false;
  }
}

function anyMatches(candidates: Candidates, evaluation: Evaluation): boolean {
  if (candidates.always) return true;
  for (const statement of candidates.statements) if (evaluation.matches(statement)) return true;
  return false;
}
