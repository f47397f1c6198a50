import type { Marks } from '../policy/resource-marks.ts';
import type { AttachedPolicy, ControlLevel, PrincipalPolicies } from './applicable-policies.ts';
import { CallerBits } from './caller-denies.ts';
import { hasClosed } from './closed-policy.ts';
import type { PolicyLayer } from './layer.ts';
import { type Candidates, type ControlPlan, type LayerPlan, NONE, planControl, planLayer } from './layer-set.ts';
import { PlanMemo } from './plan-memo.ts';
import type { ActionFacts } from './request.ts';

/**
 * What the policies of a principal and of its account say about one action. As candidates: the Allows of its
 * identity policies. They are not in a separate object, because most of the time of a decision goes into fetching
 * objects that were not used recently.
 */
export interface PrincipalPlan extends Candidates {
  /** Marks of the resources that Denies of identity policies can match. */
  readonly denyMarks: Marks;
  /** Null: none. */
  readonly identityDeny: Candidates | null;
  /** Neither boundary nor control policies limit anything, whatever the resource and the context are. */
  readonly open: boolean;
  /** All rules of identity policies. */
  readonly placed: LayerPlan['placed'];
  /** Null: no boundary. */
  readonly boundary: LayerPlan | null;
  /** Null: no such layer. */
  readonly serviceControl: ControlPlan | null;
}

/** The policies of a user or role, ready for deciding. Usable for any number of requests and for its sessions. */
export class PreparedPolicies extends PlanMemo<PrincipalPlan> {
  declare readonly source: PrincipalPolicies;
  /** The policies above resources of its account; null: there are none. */
  declare readonly homeControl: PlanMemo<ControlPlan> | null;
  /** The content of one of the policies above them is unknown. */
  declare readonly homeClosed: boolean;

  constructor(source: PrincipalPolicies) {
    const control =
      source.serviceControl === null ? null : controlPlans(source.serviceControl, 'SERVICE_CONTROL_POLICY');
    const boundary = source.boundary === null ? null : boundaryPlans(source.boundary);
    super((action) => planPrincipal(source, boundary, control, action));
    this.source = source;
    const above = source.resourceControl ?? null;
    this.homeControl = above === null ? null : controlPlans(above, 'RESOURCE_CONTROL_POLICY');
    this.homeClosed = hasClosed(above);
  }
}

function planPrincipal(
  source: PrincipalPolicies,
  boundaries: PlanMemo<LayerPlan> | null,
  control: PlanMemo<ControlPlan> | null,
  action: ActionFacts,
): PrincipalPlan {
  const { allow, deny, placed } = planLayer(source.identity, 'IDENTITY_POLICY', action);
  const { always, count, firstMarks, first, secondMarks, second, rules, index } = allow;
  const boundary = boundaries === null ? null : boundaries.for(action);
  const serviceControl = control === null ? null : control.for(action);
  const open =
    (boundary === null || (boundary.deny === NONE && boundary.allow.always)) &&
    (serviceControl === null || (serviceControl.deny === NONE && serviceControl.allow.length === 0));
  const identityDeny = deny === NONE ? null : deny;
  // In the order of use.
  return {
    open,
    serviceControl,
    boundary,
    denyMarks: deny.rules.reduce((marks, rule) => marks | rule.marks, 0),
    identityDeny,
    always,
    count,
    firstMarks,
    first,
    secondMarks,
    second,
    index,
    rules,
    placed,
  };
}

/** Plans of a boundary are shared by everybody it is attached to. */
const sharedBoundaryPlans = new WeakMap<AttachedPolicy, PlanMemo<LayerPlan>>();

function boundaryPlans(boundary: AttachedPolicy): PlanMemo<LayerPlan> {
  const known = sharedBoundaryPlans.get(boundary);
  if (known !== undefined) return known;
  const plans = new PlanMemo<LayerPlan>((action) => planLayer([boundary], 'PERMISSIONS_BOUNDARY', action));
  sharedBoundaryPlans.set(boundary, plans);
  return plans;
}

/** Plans of the control policies above an account are shared by everything in it, by the identity of the list passed in. */
const sharedControlPlans = new WeakMap<readonly ControlLevel[], PlanMemo<ControlPlan>>();

/** A list of levels holds policies of one kind. */
export function controlPlans(levels: readonly ControlLevel[], layer: PolicyLayer): PlanMemo<ControlPlan> {
  const known = sharedControlPlans.get(levels);
  if (known !== undefined) return known;
  const bits = new CallerBits();
  const plans = new PlanMemo<ControlPlan>((action) => planControl(levels, layer, action, bits));
  sharedControlPlans.set(levels, plans);
  return plans;
}
