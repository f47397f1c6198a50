import type { ActionFacts } from './request.ts';

/** Plans of one generation. */
const GENERATION = 1024;

const COMPARED = 64;

/** Whatever a plan contains. */
interface AnyPlan {
  readonly placed: readonly object[];
  readonly boundary?: object | null;
  readonly serviceControl?: object | null;
}

/**
 * Plans by action, made on first use. Holds two generations of them: a scan of the whole catalogue for one
 * principal keeps the plans that are in repeated use.
 */
export class PlanMemo<Plan extends AnyPlan> extends Map<string, Plan> {
  // The younger generation is the memo itself, which saves one object on the path to a plan.
  declare private old: ReadonlyMap<string, Plan> | null;
  declare private readonly make: (action: ActionFacts) => Plan;

  constructor(make: (action: ActionFacts) => Plan) {
    super();
    this.old = null;
    this.make = make;
  }

  for(action: ActionFacts): Plan {
    return this.get(action.name) ?? this.add(action);
  }

  private add(action: ActionFacts): Plan {
    const plan = this.old?.get(action.name) ?? this.shared(this.make(action));
    if (this.size >= GENERATION) {
      this.old = new Map(this);
      this.clear();
    }
    this.set(action.name, plan);
    return plan;
  }

  /** Many actions are treated alike: one plan serves them all, as long as plans are few enough to compare. */
  private shared(made: Plan): Plan {
    if (this.size > COMPARED) return made;
    for (const known of this.values()) if (isSame(known, made)) return known;
    return made;
  }
}

function isSame(one: AnyPlan, other: AnyPlan): boolean {
  if (one.boundary !== other.boundary || one.serviceControl !== other.serviceControl) return false;
  return one.placed.length === other.placed.length && one.placed.every((rule, i) => rule === other.placed[i]);
}
