import { actionMatches } from '../policy/action-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import type { ActionFacts } from './request.ts';
import { ResourceIndex } from './resource-index.ts';

/** Statements of one effect in one layer that are about an action. */
export interface Candidates {
  /** One of them is about every resource and has no condition: it matches whatever is asked. */
  readonly always: boolean;
  readonly statements: readonly CompiledStatement[];
  /** Where there are many, those that can be about a resource are looked up; null: they are few. */
  readonly index: ResourceIndex | null;
}

/** A statement where it is attached. */
export interface PlacedStatement {
  readonly statement: CompiledStatement;
  readonly attached: AttachedPolicy;
  /** Level of the organization, from its root; 0 in other layers. */
  readonly level: number;
}

/** What the policies of one layer have to say about one action. */
export interface LayerPlan {
  readonly allow: Candidates;
  readonly deny: Candidates;
  /** All statements about the action, in the order of policies and documents, for explaining. */
  readonly placed: readonly PlacedStatement[];
}

/** What the control policies above an account have to say about one action: Allows level by level, Denies of all. */
export interface ControlPlan {
  /** Levels on which an Allow has to be looked for. */
  readonly allow: readonly Candidates[];
  readonly deny: Candidates;
  readonly placed: readonly PlacedStatement[];
}

const NONE: Candidates = { always: false, statements: [], index: null };
export const EMPTY_PLAN: LayerPlan = { allow: NONE, deny: NONE, placed: [] };

/** The name of the action behind its colon, in lower case. */
export function actionName(action: ActionFacts): string {
  return action.name.slice(action.name.indexOf(':') + 1).toLowerCase();
}

/** The plan of a layer for one action. */
export function planLayer(policies: readonly AttachedPolicy[], action: ActionFacts, level = 0): LayerPlan {
  const name = actionName(action);
  const placed: PlacedStatement[] = [];
  for (const attached of policies) {
    for (const statement of attached.policy.statements) {
      if (actionMatches(statement.actions, action.service, name)) placed.push({ statement, attached, level });
    }
  }
  if (placed.length === 0) return EMPTY_PLAN;
  return { allow: candidates(placed, true), deny: candidates(placed, false), placed };
}

/** The plan of the levels of an organization for one action. Levels that always allow are left out of `allow`. */
export function planControl(levels: readonly ControlLevel[], action: ActionFacts): ControlPlan {
  const plans = levels.map(({ policies }, i) => planLayer(policies, action, i));
  const placed = plans.flatMap((plan) => plan.placed);
  const allow = plans.map((plan) => plan.allow).filter((one) => !one.always);
  return { allow, deny: candidates(placed, false), placed };
}

function candidates(placed: readonly PlacedStatement[], allows: boolean): Candidates {
  const statements = placed.map((one) => one.statement).filter((one) => one.allows === allows);
  if (statements.length === 0) return NONE;
  const always = statements.find(matchesAlways);
  if (always !== undefined) return { always: true, statements: [always], index: null };
  return { always: false, statements, index: statements.length > FEW ? new ResourceIndex(statements) : null };
}

const FEW = 12;

/** About every resource, no condition, and no principal to compare. */
function matchesAlways(statement: CompiledStatement): boolean {
  if (statement.conditions.length > 0 || statement.principal !== null) return false;
  const resources = statement.resources;
  return resources !== null && !resources.negated && resources.patterns.some((pattern) => pattern.everything);
}

/** How many actions a memo holds before it starts anew. */
const MEMO_LIMIT = 2048;

/** Plans by action, made when first asked for. */
export class PlanMemo<Plan> {
  private readonly plans = new Map<string, Plan>();
  private readonly make: (action: ActionFacts) => Plan;

  constructor(make: (action: ActionFacts) => Plan) {
    this.make = make;
  }

  for(action: ActionFacts): Plan {
    return this.plans.get(action.name) ?? this.add(action);
  }

  private add(action: ActionFacts): Plan {
    const plan = this.make(action);
    if (this.plans.size >= MEMO_LIMIT) this.plans.clear();
    this.plans.set(action.name, plan);
    return plan;
  }
}
