import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { Answer } from '../question.ts';
import { unlikeActions } from './alike.ts';
import type { Judge, Supposed } from './judge.ts';
import type { Gain } from './paths.ts';
import { type Probe, probesOf } from './probes.ts';
import { withoutLimits } from './supposed.ts';

/** Requests that are decided before it is looked whether one is enough. */
const TOGETHER = 100;

type Decide = (probes: readonly Probe[]) => Promise<readonly (Answer | null)[]>;

/** Says what somebody may do and somebody else may not, and who may do everything. */
export class Gains {
  readonly #judge: Judge;
  readonly #administrators = new Map<string, Promise<boolean>>();
  readonly #probes = new WeakMap<PreparedPrincipal, Probes>();
  /** Many search among the same requests. */
  readonly #decided = new Map<string, Map<string, Answer | null>>();
  readonly #supposed = new WeakMap<Supposed, Map<string, Answer | null>>();
  readonly #wouldBe = new WeakMap<Supposed, Promise<boolean>>();
  readonly #known = new Map<string, Promise<Gain | null>>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** Whether a user or role may do everything that its account lets anybody do. */
  isAdministrator(arn: string): Promise<boolean> {
    const known =
      this.#administrators.get(arn) ??
      this.#judge.principal(arn).then((one) => one !== null && this.#mayEverything(one));
    this.#administrators.set(arn, known);
    return known;
  }

  /** The same of somebody as it would be. */
  wouldBeAdministrator(supposed: Supposed): Promise<boolean> {
    const known = this.#wouldBe.get(supposed) ?? this.#mayEverything(supposed.prepared);
    this.#wouldBe.set(supposed, known);
    return known;
  }

  /** Something that one user or role may do, and another may not; null: nothing is found. */
  between(origin: string, end: string): Promise<Gain | null> {
    const key = `${origin} ${end}`;
    const known =
      this.#known.get(key) ??
      this.#judge.principal(end).then((one) => (one === null ? null : this.#search(origin, one, this.#asIs(end))));
    this.#known.set(key, known);
    return known;
  }

  /** The same of somebody as it would be. */
  wouldBe(origin: string, supposed: Supposed): Promise<Gain | null> {
    return this.#search(origin, supposed.prepared, this.#as(supposed));
  }

  #asIs(arn: string): Decide {
    const known = this.#decided.get(arn) ?? new Map<string, Answer | null>();
    this.#decided.set(arn, known);
    return remembering(known, (probes) => this.#judge.decide(probes.map((one) => ({ ...one, principal: arn }))));
  }

  #as(supposed: Supposed): Decide {
    const known = this.#supposed.get(supposed) ?? new Map<string, Answer | null>();
    this.#supposed.set(supposed, known);
    return remembering(known, (probes) => this.#judge.suppose(supposed, probes));
  }

  #mayEverything(prepared: PreparedPrincipal): Promise<boolean> {
    const actions = unlikeActions(this.#judge.tools.catalog.now, prepared);
    return this.#judge.mayAsMuch(prepared, withoutLimits(prepared), actions);
  }

  async #search(origin: string, prepared: PreparedPrincipal, decide: Decide): Promise<Gain | null> {
    const before = this.#asIs(origin);
    const probes = this.#probes.get(prepared) ?? new Probes(probesOf(this.#judge.tools.catalog.now, prepared));
    this.#probes.set(prepared, probes);
    // The first ones mostly say it.
    for (let from = 0, size = 10; ; from += size, size = from < TOGETHER ? 10 : TOGETHER) {
      const part = probes.slice(from, size);
      if (part.length === 0) return null;
      const gain = await gainAmong(part, before, decide);
      if (gain !== null) return gain;
    }
  }
}

/** Decides each request once. */
function remembering(known: Map<string, Answer | null>, decide: Decide): Decide {
  return async (probes) => {
    const fresh = probes.filter(({ key }) => !known.has(key));
    if (fresh.length > 0) {
      const answers = await decide(fresh);
      for (const [index, { key }] of fresh.entries()) known.set(key, answers[index] ?? null);
    }
    return probes.map(({ key }) => known.get(key) ?? null);
  };
}

/** Requests, made when they are first needed, each once. */
class Probes {
  readonly #made: Probe[] = [];
  readonly #keys = new Set<string>();
  readonly #rest: Iterator<Probe>;

  constructor(all: Iterable<Probe>) {
    this.#rest = all[Symbol.iterator]();
  }

  slice(from: number, size: number): readonly Probe[] {
    while (this.#made.length < from + size) {
      const next = this.#rest.next();
      if (next.done === true) break;
      if (this.#keys.has(next.value.key)) continue;
      this.#keys.add(next.value.key);
      this.#made.push(next.value);
    }
    return this.#made.slice(from, from + size);
  }
}

async function gainAmong(probes: readonly Probe[], before: Decide, after: Decide): Promise<Gain | null> {
  const own = await before(probes);
  const lacking = probes.flatMap((probe, index) => {
    const answer = own[index] ?? null;
    return answer === null || answer.decision.allowed ? [] : [{ probe, answer }];
  });
  const gained = await after(lacking.map(({ probe }) => probe));
  for (const [index, { answer }] of lacking.entries()) {
    const then = gained[index] ?? null;
    if (then?.decision.allowed === true) return { gained: then, before: answer };
  }
  return null;
}
