/** What callers use of what they share with others, at one process. */
export interface Usage {
  /** By the name of a limit and of a caller: what is used at this moment, such as requests under way. */
  readonly held: Readonly<Record<string, number>>;
  /** What was spent since it was last told. */
  readonly spent: Readonly<Record<string, number>>;
}

/** What one process of several has to tell the others, and what it has heard of them. */
export class SharedUsage {
  readonly #held = new Map<string, number>();
  #told = new Map<string, number>();
  #spent = new Map<string, number>();
  /** By process, what its callers hold. */
  readonly #others = new Map<number, ReadonlyMap<string, number>>();
  readonly #onSpent: ((name: string, cost: number) => void)[] = [];

  /** What others hold of this name. */
  heldByOthers(name: string): number {
    let sum = 0;
    for (const held of this.#others.values()) sum += held.get(name) ?? 0;
    return sum;
  }

  /** Holds `more`, or less if it is negative. */
  hold(name: string, more: number): void {
    const held = (this.#held.get(name) ?? 0) + more;
    if (held > 0) this.#held.set(name, held);
    else this.#held.delete(name);
  }

  spend(name: string, cost: number): void {
    this.#spent.set(name, (this.#spent.get(name) ?? 0) + cost);
  }

  /** Learns what others spend. */
  onSpent(listener: (name: string, cost: number) => void): void {
    this.#onSpent.push(listener);
  }

  /** What is to be told now; null: nothing is new. */
  take(): Usage | null {
    if (this.#spent.size === 0 && isSame(this.#held, this.#told)) return null;
    const usage = { held: Object.fromEntries(this.#held), spent: Object.fromEntries(this.#spent) };
    this.#told = new Map(this.#held);
    this.#spent = new Map();
    return usage;
  }

  /** What another process has told. */
  hear(from: number, { held, spent }: Usage): void {
    this.#others.set(from, new Map(Object.entries(held)));
    for (const [name, cost] of Object.entries(spent)) for (const listener of this.#onSpent) listener(name, cost);
  }

  /** Another process has ended, and with it what its callers held. */
  forget(from: number): void {
    this.#others.delete(from);
  }
}

function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  if (one.size !== other.size) return false;
  for (const [name, held] of one) if (other.get(name) !== held) return false;
  return true;
}
