import { actionMatches } from '../policy/action-pattern.ts';
import type { Marks } from '../policy/resource-marks.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import { type CallerBits, type CallerDenies, callerDenies } from './caller-denies.ts';
import type { PolicyLayer } from './layer.ts';
import { type Names, NOBODY } from './names.ts';
import type { ActionFacts } from './request.ts';
import { ResourceIndex } from './resource-index.ts';
import { type Rule, rulesOf } from './rule.ts';

/** Rules of one effect in one layer that are about an action. */
export interface Candidates {
  /** One of them applies to every resource without a condition: it matches every request. */
  readonly always: boolean;
  /** Number of rules. */
  readonly count: number;
  /** The first two, which are often all, and the resources they can match, to skip them early. Null: there is none. */
  readonly firstMarks: Marks;
  readonly first: Rule | null;
  readonly secondMarks: Marks;
  readonly second: Rule | null;
  /** All, in the order of policies and documents. */
  readonly rules: readonly Rule[];
  /** An index by resource if there are many; null: they are few. */
  readonly index: ResourceIndex | null;
}

/** What the policies of one layer say about one action. */
export interface LayerPlan {
  readonly allow: Candidates;
  readonly deny: Candidates;
  /** The principals that the Allows and the Denies name, in layers that name principals. */
  readonly allowNames: Names;
  readonly denyNames: Names;
  /** All rules about the action, in the order of policies and documents, for explaining. */
  readonly placed: readonly Rule[];
}

/** What the control policies above an account say about one action: Allows by level, Denies of all levels. */
export interface ControlPlan {
  /** Levels that must be searched for an Allow. */
  readonly allow: readonly Candidates[];
  readonly deny: Candidates;
  /** The Denies of service control policies, divided by what they depend on; null: nothing in them depends on the caller alone. */
  readonly callerDenies: CallerDenies | null;
  /** The principals that the Denies name, in resource control policies. */
  readonly denyNames: Names;
  readonly placed: readonly Rule[];
}

/** No rules: shared, so that it can be recognized by identity. */
export const NONE: Candidates = {
  always: false,
  count: 0,
  firstMarks: 0,
  first: null,
  secondMarks: 0,
  second: null,
  rules: [],
  index: null,
};
export const EMPTY_PLAN: LayerPlan = { allow: NONE, deny: NONE, allowNames: NOBODY, denyNames: NOBODY, placed: [] };

/** The name of the action after its colon, in lower case. */
export function actionName(action: ActionFacts): string {
  return action.name.slice(action.name.indexOf(':') + 1).toLowerCase();
}

/** The plan of a layer for one action. */
export function planLayer(
  policies: readonly AttachedPolicy[],
  layer: PolicyLayer,
  action: ActionFacts,
  level = 0,
): LayerPlan {
  const name = actionName(action);
  const placed: Rule[] = [];
  for (const attached of policies) {
    for (const rule of rulesOf(attached, layer, level)) {
      if (actionMatches(rule.statement.actions, action.service, name)) placed.push(rule);
    }
  }
  if (placed.length === 0) return EMPTY_PLAN;
  const allow = candidates(placed, true);
  const deny = candidates(placed, false);
  return {
    allow,
    deny,
    allowNames: namesIn(allow),
    denyNames: namesIn(deny),
    // Mostly there is one effect: its list is then the list of all.
    placed: deny === NONE ? allow.rules : allow === NONE ? deny.rules : placed,
  };
}

/** The plan of the levels of an organization for one action. Levels that always allow are left out of `allow`. */
export function planControl(
  levels: readonly ControlLevel[],
  layer: PolicyLayer,
  action: ActionFacts,
  bits: CallerBits,
): ControlPlan {
  const plans = levels.map(({ policies }, i) => planLayer(policies, layer, action, i));
  const placed = plans.flatMap((plan) => plan.placed);
  const allow = plans.map((plan) => plan.allow).filter((one) => !one.always);
  const deny = candidates(placed, false);
  const byCaller = layer === 'SERVICE_CONTROL_POLICY' ? callerDenies(deny, bits) : null;
  return {
    allow: allow.length === 0 ? NO_LEVELS : allow,
    callerDenies: byCaller,
    deny,
    denyNames: namesIn(deny),
    placed,
  };
}

const NO_LEVELS: readonly Candidates[] = [];

function namesIn({ rules }: Candidates): Names {
  return rules.reduce((names, rule) => names | rule.names, NOBODY);
}

function candidates(placed: readonly Rule[], allows: boolean): Candidates {
  // A list that grew has spare capacity; a slice of it does not, and there are very many.
  const rules = placed.filter((rule) => rule.allows === allows).slice();
  const first = rules[0];
  if (first === undefined) return NONE;
  return {
    always: rules.some((rule) => rule.always),
    count: rules.length,
    firstMarks: first.marks,
    first,
    secondMarks: rules[1]?.marks ?? 0,
    second: rules[1] ?? null,
    rules,
    index: rules.length > FEW ? new ResourceIndex(rules) : null,
  };
}

const FEW = 12;
