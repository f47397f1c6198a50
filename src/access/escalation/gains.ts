import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { Answer } from '../question.ts';
import { unlikeActions } from './alike.ts';
import type { Judge, Supposed } from './judge.ts';
import { controlDenies, partialDenies } from './partly-denied.ts';
import type { Gain } from './paths.ts';
import { type Probe, probesOf, probesOfDenies } from './probes.ts';
import { withoutLimits } from './supposed.ts';

/** Requests that are decided before it is looked whether one is enough. */
const TOGETHER = 100;

type Decide = (probes: readonly Probe[]) => Promise<readonly (Answer | null)[]>;

/** Somebody whose requests are decided. */
interface Decider {
  readonly decide: Decide;
  /** Whether they are allowed, of those decided before: there are too many to keep their answers. Null: they cannot be asked. */
  readonly known: Map<string, boolean | null>;
}

/** Says what somebody may do and somebody else may not, and who may do everything. */
export class Gains {
  readonly #judge: Judge;
  readonly #administrators = new Map<string, Promise<boolean>>();
  /** What Denies take away from those that begin. */
  readonly #denied = new Map<string, Probes>();
  readonly #probes = new WeakMap<PreparedPrincipal, Probes>();
  /** Many search among the same requests. */
  readonly #decided = new Map<string, Decider>();
  readonly #supposed = new WeakMap<Supposed, Decider>();
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

  /** Whether it has no ways to more: an administrator, to whom control policies deny nothing that they allow to others of its account. */
  async hasEverything(arn: string): Promise<boolean> {
    if (!(await this.isAdministrator(arn))) return false;
    const prepared = await this.#judge.principal(arn);
    return prepared !== null && controlDenies(prepared).length === 0;
  }

  /** The same as `isAdministrator` of somebody as it would be. */
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

  /** Something that somebody as it would be may do, and neither the one that begins nor any of the others; null: nothing is found. */
  async beyond(origin: string, others: readonly Supposed[], supposed: Supposed): Promise<Gain | null> {
    const before = this.#asIs(origin);
    const after = this.#as(supposed);
    const told = others.map((one) => this.#as(one));
    for (const probes of await this.#probesOf(origin, supposed.prepared)) {
      for (let from = 0; ; from += TOGETHER) {
        let left = probes.slice(from, TOGETHER);
        if (left.length === 0) break;
        left = await those(left, after, true);
        for (const one of [before, ...told]) left = await those(left, one, false);
        const [shown] = left;
        if (shown !== undefined) return gainOf(shown, before, after);
      }
    }
    return null;
  }

  #asIs(arn: string): Decider {
    const decide: Decide = (probes) => this.#judge.decide(probes.map((one) => ({ ...one, principal: arn })));
    const known = this.#decided.get(arn) ?? { decide, known: new Map() };
    this.#decided.set(arn, known);
    return known;
  }

  #as(supposed: Supposed): Decider {
    const decide: Decide = (probes) => this.#judge.suppose(supposed, probes);
    const known = this.#supposed.get(supposed) ?? { decide, known: new Map() };
    this.#supposed.set(supposed, known);
    return known;
  }

  async #mayEverything(prepared: PreparedPrincipal): Promise<boolean> {
    if (partialDenies(prepared).length > 0) return false;
    const actions = unlikeActions(this.#judge.tools.catalog.now, prepared);
    return this.#judge.mayAsMuch(prepared, withoutLimits(prepared), actions);
  }

  async #search(origin: string, prepared: PreparedPrincipal, after: Decider): Promise<Gain | null> {
    const before = this.#asIs(origin);
    for (const probes of await this.#probesOf(origin, prepared)) {
      const gain = await firstGain(probes, before, after);
      if (gain !== null) return gain;
    }
    return null;
  }

  /** Where to look for what somebody may do and the one that begins may not: in what it is allowed, and in what is denied to the other. */
  async #probesOf(origin: string, prepared: PreparedPrincipal): Promise<readonly Probes[]> {
    const catalog = this.#judge.tools.catalog.now;
    const probes = this.#probes.get(prepared) ?? new Probes(probesOf(catalog, prepared));
    this.#probes.set(prepared, probes);
    const self = await this.#judge.principal(origin);
    if (self === null) return [probes];
    const denied = this.#denied.get(origin) ?? new Probes(probesOfDenies(catalog, self));
    this.#denied.set(origin, denied);
    return [probes, denied];
  }
}

async function firstGain(probes: Probes, before: Decider, after: Decider): Promise<Gain | null> {
  // The first ones mostly say it.
  for (let from = 0, size = 10; ; from += size, size = from < TOGETHER ? 10 : TOGETHER) {
    const part = probes.slice(from, size);
    if (part.length === 0) return null;
    const gain = await gainAmong(part, before, after);
    if (gain !== null) return gain;
  }
}

/** Whether each request is allowed; decides each once. */
async function allowedEach({ decide, known }: Decider, probes: readonly Probe[]): Promise<readonly (boolean | null)[]> {
  const fresh = probes.filter(({ key }) => !known.has(key));
  if (fresh.length > 0) {
    const answers = await decide(fresh);
    for (const [index, { key }] of fresh.entries()) known.set(key, answers[index]?.decision.allowed ?? null);
  }
  return probes.map(({ key }) => known.get(key) ?? null);
}

/** The requests that are allowed, or that are denied. */
async function those(probes: readonly Probe[], decider: Decider, isAllowed: boolean): Promise<readonly Probe[]> {
  if (probes.length === 0) return probes;
  const allowed = await allowedEach(decider, probes);
  return probes.filter((_probe, index) => allowed[index] === isAllowed);
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

async function gainAmong(probes: readonly Probe[], before: Decider, after: Decider): Promise<Gain | null> {
  const own = await allowedEach(before, probes);
  const lacking = probes.filter((_probe, index) => own[index] === false);
  const gained = await allowedEach(after, lacking);
  const shown = lacking.find((_probe, index) => gained[index] === true);
  return shown === undefined ? null : gainOf(shown, before, after);
}

async function gainOf(shown: Probe, before: Decider, after: Decider): Promise<Gain | null> {
  const [lacked = null] = await before.decide([shown]);
  const [then = null] = await after.decide([shown]);
  return lacked === null || then === null ? null : { gained: then, before: lacked };
}
