import type { Condition } from '../policy/condition.ts';
import type { ContextKey } from '../policy/context-key.ts';
import type { ResourceIndex } from './resource-index.ts';
import { Rule } from './rule.ts';

/** Conditions of a Deny that depend on the caller alone: whether they hold is found once for each caller. */
export interface CallerPart {
  /** One of 31 bits, the same for all actions of a list of levels. */
  readonly bit: number;
  readonly conditions: readonly Condition[];
}

/** A Deny, divided by what it depends on. */
export interface DividedDeny {
  /** The bit of its caller part, without which it does not apply; 0: it has none. */
  readonly bit: number;
  /** The Deny without its caller part. */
  readonly rest: Rule;
  readonly whole: Rule;
  /** Null: nothing of it depends on the caller alone. */
  readonly part: CallerPart | null;
}

/** The Denies of control policies about one action, so that nothing is looked at twice that does not depend on the request. */
export interface CallerDenies {
  readonly parts: readonly CallerPart[];
  /** The bits of all parts. */
  readonly bits: number;
  /** Bits of the parts that deny by themselves. */
  readonly denying: number;
  /** Those that depend on more than the caller. */
  readonly open: readonly DividedDeny[];
  /** All, in the order of levels, policies and documents. */
  readonly all: readonly DividedDeny[];
}

const MOST_BITS = 31;

/**
 * Gives out the bits of a list of levels. Organizations have few such Denies; those beyond 31 are looked at in every request.
 */
export class CallerBits {
  readonly #divided = new Map<Rule, DividedDeny>();
  #used = 0;

  /** What a Deny depends on: the same object for every action. */
  of(rule: Rule): DividedDeny {
    const known = this.#divided.get(rule);
    if (known !== undefined) return known;
    const conditions = (rule.conditions ?? []).filter(isOfCaller);
    const isPart = conditions.length > 0 && this.#used < MOST_BITS;
    const bit = isPart ? 1 << this.#used : 0;
    const divided = isPart
      ? { bit, rest: without(rule, conditions), whole: rule, part: { bit, conditions } }
      : { bit, rest: rule, whole: rule, part: null };
    if (isPart) this.#used += 1;
    this.#divided.set(rule, divided);
    return divided;
  }
}

function isOfCaller({ keys }: Condition): boolean {
  // A condition that hides its keys (veil.ts) can depend on anything.
  return keys.length > 0 && keys.every(followsFromCaller);
}

/** Its value follows from the facts about the caller, and every question says them. */
function followsFromCaller({ owner, unsaid, name }: ContextKey): boolean {
  // A hypothetical session is issued at the time of each request.
  return owner === 'principal' && unsaid === 0 && name !== 'aws:tokenissuetime';
}

/** The Denies about one action. */
interface Denies {
  readonly rules: readonly Rule[];
  /** Null: they are few. */
  readonly index: ResourceIndex | null;
}

/** Null: no Deny has such a part, or they are so many that an index finds them. */
export function callerDenies({ rules, index }: Denies, bits: CallerBits): CallerDenies | null {
  if (index !== null) return null;
  const all = rules.map((rule) => bits.of(rule));
  const parts = all.flatMap(({ part }) => (part === null ? [] : [part]));
  if (parts.length === 0) return null;
  const open = all.filter((one) => !deniesByCaller(one));
  return { parts, bits: union(all), denying: union(all.filter(deniesByCaller)), open, all };
}

/** Where its caller part holds, it matches every request. */
function deniesByCaller({ part, rest }: DividedDeny): boolean {
  return part !== null && rest.always;
}

function union(denies: readonly DividedDeny[]): number {
  return denies.reduce((bits, { bit }) => bits | bit, 0);
}

function without({ statement, attached, layer, level }: Rule, left: readonly Condition[]): Rule {
  const conditions = statement.conditions.filter((one) => !left.includes(one));
  return new Rule({ ...statement, conditions }, attached, layer, level);
}
