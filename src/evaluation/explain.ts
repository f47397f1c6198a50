import { actionMatches } from '../policy/action-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import { actionName } from './layer-set.ts';
import { DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';
import {
  resourceControlBinds,
  resourceLayer,
  resourcePolicyTakesPart,
  resourceSideNeeded,
  sameAccount,
  samePartition,
  serviceControlBinds,
} from './situation.ts';

/** A statement where it is attached, about the action that is asked for and (in layers that name principals) the caller. */
export interface StatementInPlace {
  readonly layer: PolicyLayer;
  readonly attached: AttachedPolicy;
  readonly statement: CompiledStatement;
  /** How it names the caller; in layers that name nobody, as if it did directly. */
  readonly naming: Naming;
  /** Level of the organization, from its root; 0 in other layers. */
  readonly level: number;
  readonly matches: boolean;
}

/** One layer that takes part in a request. */
export interface LayerInPlace {
  readonly layer: PolicyLayer;
  /** Levels that each have to allow; 1 in most layers. 0: it allows whatever it does not deny. */
  readonly levels: number;
  readonly statements: readonly StatementInPlace[];
}

/** Every layer that takes part, in evaluation order, with all statements about the action. Slow and complete, for explaining. */
export function layersInPlace(evaluation: Evaluation): readonly LayerInPlace[] {
  const { principal, resource } = evaluation;
  const layers: LayerInPlace[] = [];
  if (resourceControlBinds(evaluation)) {
    const levels = resource.facts.resourceControl ?? [];
    layers.push({ ...controlLayer(evaluation, 'RESOURCE_CONTROL_POLICY', levels), levels: 0 });
  }
  const control = principal.policies?.source.serviceControl ?? null;
  if (control !== null && serviceControlBinds(principal.facts)) {
    layers.push(controlLayer(evaluation, 'SERVICE_CONTROL_POLICY', control));
  }
  if (resourceLayerTakesPart(evaluation)) {
    const policy = resourcePolicyTakesPart(evaluation) ? resource.facts.policy : null;
    layers.push(layerOf(evaluation, resourceLayer(evaluation), policy === null ? [] : [policy]));
  }
  layers.push(...ownLayers(evaluation));
  return layers;
}

/** The policies of the caller itself. */
function ownLayers(evaluation: Evaluation): readonly LayerInPlace[] {
  const { facts, policies, session } = evaluation.principal;
  const layers: LayerInPlace[] = [];
  if (facts.kind === 'service' || facts.kind === 'anonymous') return layers;
  if (facts.kind !== 'root') layers.push(layerOf(evaluation, 'IDENTITY_POLICY', policies?.source.identity ?? []));
  const boundary = policies?.source.boundary ?? null;
  if (boundary !== null) layers.push(layerOf(evaluation, 'PERMISSIONS_BOUNDARY', [boundary]));
  if (session !== null || facts.kind === 'federatedUser') {
    layers.push(layerOf(evaluation, 'SESSION_POLICY', session?.source ?? []));
  }
  return layers;
}

/** It has a policy that counts, or one would be needed. */
function resourceLayerTakesPart(evaluation: Evaluation): boolean {
  if (evaluation.resource.facts.policy !== null && resourcePolicyTakesPart(evaluation)) return true;
  return resourceSideNeeded(evaluation) || !sameAccount(evaluation);
}

function controlLayer(evaluation: Evaluation, layer: PolicyLayer, levels: readonly ControlLevel[]): LayerInPlace {
  const statements = levels.flatMap((level, i) => statementsOf(evaluation, layer, level.policies, i));
  return { layer, levels: levels.length, statements };
}

function layerOf(evaluation: Evaluation, layer: PolicyLayer, policies: readonly AttachedPolicy[]): LayerInPlace {
  return { layer, levels: 1, statements: statementsOf(evaluation, layer, policies, 0) };
}

function statementsOf(
  evaluation: Evaluation,
  layer: PolicyLayer,
  policies: readonly AttachedPolicy[],
  level: number,
): readonly StatementInPlace[] {
  const { service } = evaluation.action;
  const name = actionName(evaluation.action);
  const found: StatementInPlace[] = [];
  for (const attached of policies) {
    for (const statement of attached.policy.statements) {
      if (!actionMatches(statement.actions, service, name)) continue;
      const naming = namingIn(evaluation, layer, statement);
      if (naming === NOT_NAMED) continue;
      found.push({ layer, attached, statement, naming, level, matches: evaluation.matches(statement) });
    }
  }
  return found;
}

function namingIn(evaluation: Evaluation, layer: PolicyLayer, statement: CompiledStatement): Naming {
  if (layer === 'RESOURCE_CONTROL_POLICY') return evaluation.named(statement);
  if (layer !== 'RESOURCE_POLICY' && layer !== 'TRUST_POLICY') return DIRECTLY;
  if (statement.allows && !samePartition(evaluation.principal.facts, evaluation.resource)) return NOT_NAMED;
  return evaluation.named(statement);
}
