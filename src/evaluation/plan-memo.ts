import type { ActionFacts } from './request.ts';

/** Plans of one generation. */
const GENERATION = 1024;

/**
 * Plans by action, made when first asked for. Holds two generations of them: going through the whole catalogue for one
 * principal keeps what is asked for again and again.
 */
export class PlanMemo<Plan> {
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
    const plan = this.old?.get(action.name) ?? this.make(action);
    if (this.young === null || this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(action.name, plan);
    return plan;
  }
}
