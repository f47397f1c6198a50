import type { ControlLevel } from './applicable-policies.ts';
import { bucketPolicyIsClosed, resourceControlIsClosed, resourcePolicyIsClosed } from './closed-layer.ts';
import { hasClosed, isClosed } from './closed-policy.ts';
import type { Evaluation } from './evaluation.ts';
import { namedByGrant } from './grantee.ts';
import type { PolicyLayer } from './layer.ts';
import { DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';
import type { Rule } from './rule.ts';
import {
  bucketSide,
  controlLevelsOf,
  endpointTakesPart,
  hasEverything,
  publicAccessAllows,
  publicAccessTakesPart,
  resourceControlOf,
  resourceLayer,
  resourcePolicyTakesPart,
  resourceSideNeeded,
  sameAccount,
  samePartition,
} from './situation.ts';

/** A statement where it is attached, about the requested action and (in layers that name principals) the caller. */
export interface StatementInPlace {
  readonly rule: Rule;
  /** How it names the caller; in layers that name nobody, as if it named the caller directly. */
  readonly naming: Naming;
  readonly matches: boolean;
}

/** One layer that takes part in a request. */
export interface LayerInPlace {
  readonly layer: PolicyLayer;
  /** Number of levels that must each allow; 1 in most layers. 0: the layer allows whatever it does not deny. */
  readonly levels: number;
  /** The levels of control policies, from the organization's root down; empty in other layers. */
  readonly control: readonly ControlLevel[];
  readonly statements: readonly StatementInPlace[];
  /** The content of one of its policies is unknown: it allows nothing. */
  readonly closed: boolean;
}

/** Every layer that takes part, in evaluation order, with all statements about the action. */
export function layersInPlace(evaluation: Evaluation): readonly LayerInPlace[] {
  const { action, principal, request, resource } = evaluation;
  const layers: LayerInPlace[] = [];
  const above = resourceControlOf(evaluation)?.for(action) ?? null;
  if (above !== null) {
    const closed = resourceControlIsClosed(evaluation);
    const control = controlLevelsOf(evaluation);
    layers.push({ ...layerOf(evaluation, 'RESOURCE_CONTROL_POLICY', above.placed, 0, closed), control });
  }
  const { policies } = principal;
  const control = policies?.source.serviceControl ?? null;
  if (policies !== null && control !== null && principal.controlled) {
    const placed = policies.for(action).serviceControl?.placed ?? [];
    const closed = hasClosed(control);
    layers.push({ ...layerOf(evaluation, 'SERVICE_CONTROL_POLICY', placed, control.length, closed), control });
  }
  if (request.endpoint !== undefined && endpointTakesPart(evaluation)) {
    layers.push(layerOf(evaluation, 'VPC_ENDPOINT_POLICY', request.endpoint.for(action).placed, 1));
  }
  if (publicAccessTakesPart(evaluation)) {
    const levels = publicAccessAllows(evaluation) ? 0 : 1;
    layers.push({ layer: 'BLOCK_PUBLIC_ACCESS', levels, control: [], statements: [], closed: false });
  }
  if (resourceLayerTakesPart(evaluation)) {
    const counts = resource.policyPlans !== null && resourcePolicyTakesPart(evaluation);
    const placed = counts ? resource.policyPlans.for(action).placed : [];
    layers.push(layerOf(evaluation, resourceLayer(evaluation), placed, 1, resourcePolicyIsClosed(evaluation)));
  }
  if (bucketTakesPart(evaluation)) {
    const placed = resource.bucket?.plans?.for(action).placed ?? [];
    layers.push(layerOf(evaluation, 'UNDERLYING_BUCKET_POLICY', placed, 1, bucketPolicyIsClosed(evaluation)));
  }
  if (resource.grantPlans !== null && action.service === 'kms') {
    layers.push(layerOf(evaluation, 'KMS_GRANT', resource.grantPlans.for(action).placed, 1));
  }
  layers.push(...ownLayers(evaluation));
  return layers;
}

/** The policies of the caller itself. */
function ownLayers(evaluation: Evaluation): readonly LayerInPlace[] {
  const { facts, policies, session } = evaluation.principal;
  const layers: LayerInPlace[] = [];
  if (facts.kind === 'service' || facts.kind === 'anonymous') return layers;
  const plan = policies === null ? null : policies.for(evaluation.action);
  const source = policies?.source ?? null;
  if (!hasEverything(facts)) {
    const closed = source?.identity.some(isClosed) ?? false;
    layers.push(layerOf(evaluation, 'IDENTITY_POLICY', plan?.placed ?? [], 1, closed));
  }
  const boundary = plan?.boundary ?? null;
  if (boundary !== null) {
    const closed = source !== null && source.boundary !== null && isClosed(source.boundary);
    layers.push(layerOf(evaluation, 'PERMISSIONS_BOUNDARY', boundary.placed, 1, closed));
  }
  if (session !== null || facts.kind === 'federatedUser') {
    const placed = session === null ? [] : session.plans.for(evaluation.action).placed;
    layers.push(layerOf(evaluation, 'SESSION_POLICY', placed, 1, session?.source.some(isClosed) ?? false));
  }
  return layers;
}

/** The layer has a policy that counts, or one would be needed. */
function resourceLayerTakesPart(evaluation: Evaluation): boolean {
  if (evaluation.resource.facts.policy !== null && resourcePolicyTakesPart(evaluation)) return true;
  return resourceSideNeeded(evaluation) || !sameAccount(evaluation);
}

/** The bucket behind the access point has a policy, or one would be needed. */
function bucketTakesPart(evaluation: Evaluation): boolean {
  const side = bucketSide(evaluation);
  if (side === null) return false;
  return evaluation.resource.bucket?.policy !== null || side.grantNeeded || !side.sameAccount;
}

function layerOf(
  evaluation: Evaluation,
  layer: PolicyLayer,
  placed: readonly Rule[],
  levels: number,
  closed = false,
): LayerInPlace {
  const statements: StatementInPlace[] = [];
  for (const rule of placed) {
    const naming = namingIn(evaluation, rule);
    if (naming === NOT_NAMED) continue;
    statements.push({ rule, naming, matches: evaluation.applies(rule) });
  }
  return { layer, levels, control: [], statements, closed };
}

function namingIn(evaluation: Evaluation, rule: Rule): Naming {
  const { layer, allows } = rule;
  if (layer === 'RESOURCE_CONTROL_POLICY') return evaluation.named(rule);
  if (layer === 'VPC_ENDPOINT_POLICY') return evaluation.namedUnbound(rule);
  if (layer === 'UNDERLYING_BUCKET_POLICY') {
    return allows && !samePartition(evaluation.principal, evaluation.resource)
      ? NOT_NAMED
      : evaluation.namedBehind(rule);
  }
  if (layer === 'KMS_GRANT') return namedByGrant(evaluation, rule.statement);
  if (layer !== 'RESOURCE_POLICY' && layer !== 'TRUST_POLICY') return DIRECTLY;
  if (allows && !samePartition(evaluation.principal, evaluation.resource)) return NOT_NAMED;
  return evaluation.named(rule);
}
