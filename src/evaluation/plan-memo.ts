import { actionNumber } from './action-number.ts';
import type { ActionFacts } from './request.ts';

/** Plans of one generation. */
const GENERATION = 1024;

const COMPARED = 64;
/** What the engine sets aside for the first element. */
const SMALLEST = 16;

/** Whatever a plan contains. */
interface AnyPlan {
  readonly placed: readonly object[];
  readonly boundary?: object | null;
  readonly serviceControl?: object | null;
}

/**
 * A hash table of its own: the numbers of actions and their plans in turns. They are the elements of the object itself. A decision
 * waits for memory, one access after the other: to the same plan, a list in a field takes one more, a Map four.
 */
class PlanTable<Plan> {
  [place: number]: Plan | number | undefined;
  /** Number of places, a power of two. */
  declare protected places: number;
  declare protected count: number;

  constructor() {
    this.places = 0;
    this.count = 0;
    this.widen(SMALLEST);
  }

  /** The plan of the number; undefined: there is none. */
  planOf(number: number): Plan | undefined {
    return this[this.placeOf(number) + 1] as Plan | undefined;
  }

  /** Adds the plan of a number that is not there. */
  protected put(number: number, plan: Plan): void {
    // At most three quarters of it are used.
    if (this.count * 8 >= this.places * 3) this.widen(this.places * 2);
    const at = this.placeOf(number);
    this[at] = number;
    this[at + 1] = plan;
    this.count += 1;
  }

  /** Takes everything out, into a table of its own. */
  protected handOver(): PlanTable<Plan> {
    const other = new PlanTable<Plan>();
    for (const [number, plan] of this.entries()) other.put(number, plan);
    this.clear();
    return other;
  }

  private entries(): readonly (readonly [number: number, plan: Plan])[] {
    const entries: [number, Plan][] = [];
    for (let at = 0; at < this.places; at += 2) {
      const number = this[at];
      if (typeof number === 'number') entries.push([number, this[at + 1] as Plan]);
    }
    return entries;
  }

  /** Where the number is, or would be. */
  private placeOf(number: number): number {
    const last = this.places - 2;
    let at = (number << 1) & last;
    for (let found = this[at]; found !== number && found !== undefined; found = this[at]) at = (at + 2) & last;
    return at;
  }

  private widen(places: number): void {
    const entries = this.entries();
    this.places = places;
    this.clear();
    for (const [number, plan] of entries) this.put(number, plan);
  }

  private clear(): void {
    this.count = 0;
    for (let at = 0; at < this.places; at += 1) this[at] = undefined;
  }
}

/**
 * Plans by action, made on first use. Holds two generations of them: a scan of the whole catalogue for one
 * principal keeps the plans that are in repeated use.
 */
export class PlanMemo<Plan extends AnyPlan> extends PlanTable<Plan> {
  declare private old: PlanTable<Plan> | null;
  /** Plans of actions without a number. */
  declare private named: Map<string, Plan> | null;
  declare private readonly make: (action: ActionFacts) => Plan;

  constructor(make: (action: ActionFacts) => Plan) {
    super();
    this.old = null;
    this.named = null;
    this.make = make;
  }

  for(action: ActionFacts): Plan {
    const number = action.number ?? actionNumber(action.name);
    if (number < 0) return this.ofName(action);
    return this.planOf(number) ?? this.add(action, number);
  }

  private add(action: ActionFacts, number: number): Plan {
    const plan = this.old?.planOf(number) ?? this.shared(this.make(action));
    if (this.count >= GENERATION) this.old = this.handOver();
    this.put(number, plan);
    return plan;
  }

  private ofName(action: ActionFacts): Plan {
    const known = this.named?.get(action.name);
    if (known !== undefined) return known;
    const plan = this.shared(this.make(action));
    if (this.named === null || this.named.size >= GENERATION) this.named = new Map();
    this.named.set(action.name, plan);
    return plan;
  }

  /** Many actions are treated alike: one plan serves them all, as long as plans are few enough to compare. */
  private shared(made: Plan): Plan {
    if (this.count > COMPARED) return made;
    for (let at = 1; at < this.places; at += 2) {
      const known = this[at] as Plan | undefined;
      if (known !== undefined && isSame(known, made)) return known;
    }
    return made;
  }
}

function isSame(one: AnyPlan, other: AnyPlan): boolean {
  if (one.boundary !== other.boundary || one.serviceControl !== other.serviceControl) return false;
  return one.placed.length === other.placed.length && one.placed.every((rule, i) => rule === other.placed[i]);
}
