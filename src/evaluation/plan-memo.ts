import { actionNumber } from './action-number.ts';
import type { ActionFacts } from './request.ts';

/** Plans of one generation. */
const GENERATION = 1024;

const COMPARED = 64;
const SMALLEST = 4;

/** Whatever a plan contains. */
interface AnyPlan {
  readonly placed: readonly object[];
  readonly boundary?: object | null;
  readonly serviceControl?: object | null;
}

/**
 * Plans by action, made on first use. Holds two generations of them: a scan of the whole catalogue for one
 * principal keeps the plans that are in repeated use.
 *
 * A hash table of its own: numbers and plans in turns, in one list. A Map takes three more accesses to memory to the same plan.
 */
export class PlanMemo<Plan extends AnyPlan> {
  // `declare`: without it each field is first defined as undefined.
  declare private table: Table<Plan>;
  declare private count: number;
  declare private old: Table<Plan> | null;
  /** Plans of actions without a number. */
  declare private named: Map<string, Plan> | null;
  declare private readonly make: (action: ActionFacts) => Plan;

  constructor(make: (action: ActionFacts) => Plan) {
    this.table = emptyTable(SMALLEST);
    this.count = 0;
    this.old = null;
    this.named = null;
    this.make = make;
  }

  for(action: ActionFacts): Plan {
    const number = action.number ?? actionNumber(action.name);
    if (number < 0) return this.ofName(action);
    return planIn(this.table, number) ?? this.add(action, number);
  }

  private add(action: ActionFacts, number: number): Plan {
    const { old } = this;
    const plan = (old === null ? undefined : planIn(old, number)) ?? this.shared(this.make(action));
    if (this.count >= GENERATION) {
      this.old = this.table;
      this.table = emptyTable(SMALLEST);
      this.count = 0;
    }
    // At most three quarters of it are used.
    if (this.count * 8 >= this.table.length * 3) this.table = grown(this.table);
    put(this.table, number, plan);
    this.count += 1;
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
    const { table } = this;
    for (let at = 1; at < table.length; at += 2) {
      const known = table[at] as Plan | undefined;
      if (known !== undefined && isSame(known, made)) return known;
    }
    return made;
  }
}

/** Numbers of actions at even places, their plans behind them. */
type Table<Plan> = (Plan | number | undefined)[];

function emptyTable<Plan>(capacity: number): Table<Plan> {
  return Array.from({ length: capacity * 2 }, () => undefined);
}

/** The plan of the number; undefined: there is none. */
function planIn<Plan>(table: Table<Plan>, number: number): Plan | undefined {
  return table[placeIn(table, number) + 1] as Plan | undefined;
}

/** Where the number is, or would be. */
function placeIn(table: readonly unknown[], number: number): number {
  const last = table.length - 2;
  let at = (number << 1) & last;
  for (let found = table[at]; found !== number && found !== undefined; found = table[at]) at = (at + 2) & last;
  return at;
}

function put<Plan>(table: Table<Plan>, number: number, plan: Plan): void {
  const at = placeIn(table, number);
  table[at] = number;
  table[at + 1] = plan;
}

function grown<Plan>(table: Table<Plan>): Table<Plan> {
  const larger = emptyTable<Plan>(table.length);
  for (let at = 0; at < table.length; at += 2) {
    const number = table[at];
    if (typeof number === 'number') put(larger, number, table[at + 1] as Plan);
  }
  return larger;
}

function isSame(one: AnyPlan, other: AnyPlan): boolean {
  if (one.boundary !== other.boundary || one.serviceControl !== other.serviceControl) return false;
  return one.placed.length === other.placed.length && one.placed.every((rule, i) => rule === other.placed[i]);
}
