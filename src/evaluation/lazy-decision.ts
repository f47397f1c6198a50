import { DENY_ORDER } from './assumed-findings.ts';
import { decide, type Outcome } from './decide.ts';
import type { Decision, DecisionEffect, LayerDecision, MatchedStatement } from './decision.ts';
import { type LayerInPlace, layersInPlace, type StatementInPlace } from './explain.ts';
import { PlannedFindings } from './findings.ts';
import type { PolicyLayer } from './layer.ts';
import { AS_ACCOUNT } from './match-principal.ts';
import { missingContextKeys } from './missing-keys.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import { reasonOf } from './reason.ts';
import type { ActionFacts, RequestFacts } from './request.ts';

/** A decision whose effect is there at once. Everything else is worked out again from the same values when it is read. */
export class LazyDecision extends PlannedFindings implements Decision {
  declare private readonly outcome: Outcome;
  declare private layersRead: readonly LayerInPlace[] | null;
  declare private missingRead: readonly string[] | null;

  constructor(principal: PreparedPrincipal, action: ActionFacts, resource: PreparedResource, request: RequestFacts) {
    super(principal, action, resource, request);
    this.layersRead = null;
    this.missingRead = null;
    this.outcome = decide(this, this);
  }

  get effect(): DecisionEffect {
    return this.outcome.effect;
  }

  get allowed(): boolean {
    return this.outcome.effect === 'ALLOWED';
  }

  get deniedBy(): PolicyLayer | null {
    return this.outcome.deniedBy;
  }

  get reason(): string {
    return reasonOf(this, this.outcome, this.determining());
  }

  get layers(): readonly LayerDecision[] {
    return this.inPlace().map((layer) => ({
      layer: layer.layer,
      effect: effectOf(layer),
      matchedStatements: layer.statements.filter((one) => one.matches).map(asMatched),
    }));
  }

  get matchedStatements(): readonly MatchedStatement[] {
    return this.determining().map(asMatched);
  }

  get missingContextKeys(): readonly string[] {
    this.missingRead ??= missingContextKeys(this, this, this.inPlace(), this.allowed);
    return this.missingRead;
  }

  private inPlace(): readonly LayerInPlace[] {
    this.layersRead ??= layersInPlace(this);
    return this.layersRead;
  }

  /** The denying statements, those of the layer that is named first; or the Allows that granted. */
  private determining(): readonly StatementInPlace[] {
    if (this.outcome.effect === 'IMPLICIT_DENY') return [];
    const matching = this.inPlace().flatMap((layer) => layer.statements.filter((one) => one.matches));
    if (this.outcome.effect === 'EXPLICIT_DENY') {
      return matching.filter((one) => !one.statement.allows).sort((a, b) => rank(a) - rank(b));
    }
    if (this.free) return [];
    const accountCounts = this.resourceSideNeeded || !this.sameAccount;
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
