import { actionMatches } from '../policy/action-pattern.ts';
import type { Marks } from '../policy/resource-marks.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import type { PolicyLayer } from './layer.ts';
import { type Names, NOBODY } from './names.ts';
import type { ActionFacts } from './request.ts';
import { ResourceIndex } from './resource-index.ts';
import { type Rule, rulesOf } from './rule.ts';

/** Rules of one effect in one layer that are about an action. */
export interface Candidates {
  /** One of them is about every resource and has no condition: it matches whatever is asked. */
  readonly always: boolean;
  /** How many there are. */
  readonly count: number;
  /** The first two, which are often all, and what they can be about, so as not to look at them in vain. Null: there is none. */
  readonly firstMarks: Marks;
  readonly first: Rule | null;
  readonly secondMarks: Marks;
  readonly second: Rule | null;
  /** All, in the order of policies and documents. */
  readonly rules: readonly Rule[];
  /** Where there are many, those that can be about a resource are looked up; null: they are few. */
  readonly index: ResourceIndex | null;
}

/** What the policies of one layer have to say about one action. */
export interface LayerPlan {
  readonly allow: Candidates;
  readonly deny: Candidates;
  /** Whom the Allows and the Denies name, in layers that name principals. */
  readonly allowNames: Names;
  readonly denyNames: Names;
  /** All rules about the action, in the order of policies and documents, for explaining. */
  readonly placed: readonly Rule[];
}

/** What the control policies above an account have to say about one action: Allows level by level, Denies of all. */
export interface ControlPlan {
  /** Levels on which an Allow has to be looked for. */
  readonly allow: readonly Candidates[];
  readonly deny: Candidates;
  /** Whom the Denies name, in resource control policies. */
  readonly denyNames: Names;
  readonly placed: readonly Rule[];
}

/** No rules: shared, so that it can be told by identity. */
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

/** The name of the action behind its colon, in lower case. */
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
    // Mostly there is one effect: then its list is that of all.
    placed: deny === NONE ? allow.rules : allow === NONE ? deny.rules : placed,
  };
}

/** The plan of the levels of an organization for one action. Levels that always allow are left out of `allow`. */
export function planControl(levels: readonly ControlLevel[], layer: PolicyLayer, action: ActionFacts): ControlPlan {
  const plans = levels.map(({ policies }, i) => planLayer(policies, layer, action, i));
  const placed = plans.flatMap((plan) => plan.placed);
  const allow = plans.map((plan) => plan.allow).filter((one) => !one.always);
  const deny = candidates(placed, false);
  return { allow, deny, denyNames: namesIn(deny), placed };
}

function namesIn({ rules }: Candidates): Names {
  return rules.reduce((names, rule) => names | rule.names, NOBODY);
}

function candidates(placed: readonly Rule[], allows: boolean): Candidates {
  // A list that grew has room for more: the slice has not, and there are very many.
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
