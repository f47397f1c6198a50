import { DENY_ORDER } from './assumed-findings.ts';
import { decide, type Outcome } from './decide.ts';
import type { Decision, DecisionEffect, LayerDecision, MatchedStatement } from './decision.ts';
import { Evaluation } from './evaluation.ts';
import { type LayerInPlace, layersInPlace, type StatementInPlace } from './explain.ts';
import { PlannedFindings, situationOf } from './findings.ts';
import type { PolicyLayer } from './layer.ts';
import { AS_ACCOUNT } from './match-principal.ts';
import { missingContextKeys } from './missing-keys.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import { reasonOf } from './reason.ts';
import type { ActionFacts, RequestFacts } from './request.ts';

/** A decision whose effect is there at once. Everything else is worked out again from the same values when it is read. */
export class LazyDecision implements Decision {
  readonly #evaluation: Evaluation;
  readonly #outcome: Outcome;
  #layersInPlace: readonly LayerInPlace[] | undefined;
  #layers: readonly LayerDecision[] | undefined;
  #missing: readonly string[] | undefined;

  constructor(principal: PreparedPrincipal, action: ActionFacts, resource: PreparedResource, request: RequestFacts) {
    this.#evaluation = new Evaluation(principal, action, resource, request);
    this.#outcome = decide(situationOf(this.#evaluation), new PlannedFindings(this.#evaluation));
  }

  get effect(): DecisionEffect {
    return this.#outcome.effect;
  }

  get allowed(): boolean {
    return this.#outcome.effect === 'ALLOWED';
  }

  get deniedBy(): PolicyLayer | null {
    return this.#outcome.deniedBy;
  }

  get reason(): string {
    return reasonOf(this.#evaluation, this.#outcome, this.#determining());
  }

  get layers(): readonly LayerDecision[] {
    this.#layers ??= this.#inPlace().map((layer) => ({
      layer: layer.layer,
      effect: effectOf(layer),
      matchedStatements: layer.statements.filter((one) => one.matches).map(asMatched),
    }));
    return this.#layers;
  }

  get matchedStatements(): readonly MatchedStatement[] {
    return this.#determining().map(asMatched);
  }

  get missingContextKeys(): readonly string[] {
    this.#missing ??= missingContextKeys(
      this.#evaluation,
      situationOf(this.#evaluation),
      this.#inPlace(),
      this.allowed,
    );
    return this.#missing;
  }

  #inPlace(): readonly LayerInPlace[] {
    this.#layersInPlace ??= layersInPlace(this.#evaluation);
    return this.#layersInPlace;
  }

  /** The denying statements, those of the layer that is named first; or the Allows that granted. */
  #determining(): readonly StatementInPlace[] {
    if (this.#outcome.effect === 'IMPLICIT_DENY') return [];
    const matching = this.#inPlace().flatMap((layer) => layer.statements.filter((one) => one.matches));
    if (this.#outcome.effect === 'EXPLICIT_DENY') {
      return matching.filter((one) => !one.statement.allows).sort((a, b) => rank(a) - rank(b));
    }
    const { resourceSideNeeded, sameAccount, free } = situationOf(this.#evaluation);
    if (free) return [];
    const accountCounts = resourceSideNeeded || !sameAccount;
    return matching.filter((one) => one.statement.allows && grants(one, accountCounts));
  }
}

function rank(one: StatementInPlace): number {
  return DENY_ORDER.indexOf(one.layer);
}

/** Only identity policies and the policy of the resource grant; ceilings take away. */
function grants(one: StatementInPlace, accountCounts: boolean): boolean {
  if (one.layer === 'IDENTITY_POLICY') return true;
  if (one.layer !== 'RESOURCE_POLICY' && one.layer !== 'TRUST_POLICY') return false;
  return accountCounts || one.naming > AS_ACCOUNT;
}

function effectOf(layer: LayerInPlace): DecisionEffect {
  const matching = layer.statements.filter((one) => one.matches);
  if (matching.some((one) => !one.statement.allows)) return 'EXPLICIT_DENY';
  const levels = new Set(matching.map((one) => one.level));
  return levels.size >= layer.levels ? 'ALLOWED' : 'IMPLICIT_DENY';
}

function asMatched(one: StatementInPlace): MatchedStatement {
  const { layer, attached, statement } = one;
  return {
    layer,
    policy: attached.id,
    policyName: attached.name,
    sid: statement.sid,
    index: statement.index,
    effect: statement.allows ? 'ALLOW' : 'DENY',
    statement: statement.source,
  };
}
