import { TAGS_COUNT } from '../policy/context-key.ts';
import { namesOfKeys } from './asked-keys.ts';
import { ALLOWED, decide, type Outcome } from './decide.ts';
import type { AskedKey, Decision, DecisionEffect, LayerDecision, MatchedStatement } from './decision.ts';
import { deniedAt } from './denied-at.ts';
import type { Evaluation } from './evaluation.ts';
import { type LayerInPlace, layersInPlace } from './explain.ts';
import { PlannedFindings } from './findings.ts';
import type { PolicyLayer } from './layer.ts';
import { withoutRepetition } from './matched-statement.ts';
import { assumedKeys, dependsOnKeys, missingKeys } from './missing-keys.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import { reasonOf } from './reason.ts';
import type { ActionFacts, RequestFacts } from './request.ts';
import { NOTHING_REQUIRED, type Requirements, requirementsOf } from './requirements.ts';
import { supposing, unsaidBy } from './unsaid.ts';

/** A decision whose effect is available at once. Everything else is computed from the same values when it is read. */
export class LazyDecision extends PlannedFindings implements Decision {
  declare private readonly outcome: Outcome;
  declare private layersRead: readonly LayerInPlace[] | null;
  declare private missingRead: readonly AskedKey[] | null;

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
    return reasonOf(this, this.outcome, this.determining(), true);
  }

  get unnamedReason(): string {
    return reasonOf(this, this.outcome, this.determining(), false);
  }

  get layers(): readonly LayerDecision[] {
    return this.inPlace().map(decisionOf);
  }

  get matchedStatements(): readonly MatchedStatement[] {
    return this.outcome.effect === 'IMPLICIT_DENY' ? this.requirements().statements : this.determining();
  }

  get assumedContextKeys(): readonly string[] {
    return namesOfKeys(this.assumedKeys);
  }

  get assumedKeys(): readonly AskedKey[] {
    return assumedKeys(this, this, this.inPlace(), this.allowed);
  }

  get requires(): readonly string[] {
    return this.requirements().requires;
  }

  get dependsOnBucketTags(): boolean {
    const unsaid = unsaidBy(this) & TAGS_COUNT;
    return !this.allowed && unsaid !== 0 && supposing(this, unsaid, []).some((one) => decided(one).allowed);
  }

  get missingContextKeys(): readonly string[] {
    return namesOfKeys(this.missingKeys);
  }

  get missingKeys(): readonly AskedKey[] {
    this.missingRead ??= missingKeys(this, this, this.inPlace(), this.allowed);
    return this.missingRead;
  }

  dependsOn(keys: ReadonlySet<string>): boolean {
    return dependsOnKeys(this, this, this.inPlace(), this.allowed, keys);
  }

  private requirements(): Requirements {
    if (this.allowed) return NOTHING_REQUIRED;
    // Few decisions leave a name unsaid: the results for those are cached separately.
    const { caller, facts } = this.principal;
    const isNamed = caller !== 'roleSession' || facts.kind !== 'roleSession' || facts.sessionName !== null;
    if (isNamed && this.action.service !== 'sts') return NOTHING_REQUIRED;
    const known = requirementsRead.get(this) ?? requirementsOf(this, decided);
    requirementsRead.set(this, known);
    return known;
  }

  private inPlace(): readonly LayerInPlace[] {
    this.layersRead ??= layersInPlace(this);
    return this.layersRead;
  }

  /** The denying statements, those of the layer that is named first in front; or the Allows that granted. */
  private determining(): readonly MatchedStatement[] {
    if (this.outcome === ALLOWED) return this.free ? NOTHING : this.granting();
    return this.outcome.effect === 'EXPLICIT_DENY' ? this.denying() : NOTHING;
  }
}

const NOTHING: readonly MatchedStatement[] = [];

const requirementsRead = new WeakMap<LazyDecision, Requirements>();

function decided({ principal, action, resource, request }: Evaluation): LazyDecision {
  return new LazyDecision(principal, action, resource, request);
}

function decisionOf(inPlace: LayerInPlace): LayerDecision {
  const { layer, levels, statements, closed } = inPlace;
  const matchedStatements: MatchedStatement[] = [];
  let denies = false;
  let allowed = 0;
  // Rules are in the order of their levels.
  let last = -1;
  for (const { rule, matches } of statements) {
    if (!matches) continue;
    matchedStatements.push(rule.asMatched);
    if (!rule.statement.allows) denies = true;
    if (rule.level !== last) allowed += 1;
    last = rule.level;
  }
  const effect = denies ? 'EXPLICIT_DENY' : allowed >= levels && !closed ? 'ALLOWED' : 'IMPLICIT_DENY';
  const distinct = layer === 'RESOURCE_CONTROL_POLICY' ? withoutRepetition(matchedStatements) : matchedStatements;
  return { layer, effect, matchedStatements: distinct, deniedAt: deniedAt(inPlace, effect) };
}
