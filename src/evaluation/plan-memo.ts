import type { ActionFacts } from './request.ts';

/** Plans of one generation. */
const GENERATION = 1024;

const COMPARED = 64;

/** What it has in it makes a plan. */
interface AnyPlan {
  readonly placed: readonly object[];
  readonly boundary?: object | null;
  readonly serviceControl?: object | null;
}

/**
 * Plans by action, made when first asked for. Holds two generations of them: going through the whole catalogue for one
 * principal keeps what is asked for again and again.
 */
export class PlanMemo<Plan extends AnyPlan> {
  // Most principals are never asked about: no map before there is something in it.
  declare private young: Map<string, Plan> | null;
  declare private old: Map<string, Plan> | null;
  declare private readonly make: (action: ActionFacts) => Plan;

  constructor(make: (action: ActionFacts) => Plan) {
    this.young = null;
    this.old = null;
    this.make = make;
  }

  for(action: ActionFacts): Plan {
    if (this.young !== null) {
      const plan = this.young.get(action.name);
      if (plan !== undefined) return plan;
    }
    return this.add(action);
  }

  private add(action: ActionFacts): Plan {
    const plan = this.old?.get(action.name) ?? this.shared(this.make(action));
    if (this.young === null || this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(action.name, plan);
    return plan;
  }

  /** Many actions are treated alike: one plan serves them all, as far as they are few enough to be compared. */
  private shared(made: Plan): Plan {
    if (this.young === null || this.young.size > COMPARED) return made;
    for (const known of this.young.values()) if (isSame(known, made)) return known;
    return made;
  }
}

function isSame(one: AnyPlan, other: AnyPlan): boolean {
  if (one.boundary !== other.boundary || one.serviceControl !== other.serviceControl) return false;
  return one.placed.length === other.placed.length && one.placed.every((rule, i) => rule === other.placed[i]);
}
