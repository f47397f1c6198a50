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

/** A Deny with what else it depends on. */
export interface OpenDeny {
  /** The bit of its caller part, without which it does not apply; 0: it has none. */
  readonly bit: number;
  /** The Deny without its caller part. */
  readonly rule: Rule;
}

/** The Denies of control policies about one action, so that nothing is looked at twice that does not depend on the request. */
export interface CallerDenies {
  readonly parts: readonly CallerPart[];
  /** The bits of all parts. */
  readonly bits: number;
  /** Bits of the parts that deny by themselves. */
  readonly denying: number;
  readonly open: readonly OpenDeny[];
}

const MOST_BITS = 31;

/**
 * Gives out the bits of a list of levels. Organizations have few such Denies; those beyond 31 are looked at in every request.
 */
export class CallerBits {
  readonly #parts = new Map<Rule, CallerPart | null>();
  #used = 0;

  /** Null: nothing of the Deny depends on the caller alone. */
  of(rule: Rule): CallerPart | null {
    const known = this.#parts.get(rule);
    if (known !== undefined) return known;
    const conditions = (rule.conditions ?? []).filter(({ keys }) => keys.every(isOfCaller));
    const isPart = conditions.length > 0 && this.#used < MOST_BITS;
    const part = isPart ? { bit: 1 << this.#used, conditions } : null;
    if (isPart) this.#used += 1;
    this.#parts.set(rule, part);
    return part;
  }
}

/** Its value follows from the facts about the caller, and every question says them. */
function isOfCaller({ owner, unsaid, name }: ContextKey): boolean {
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
  const parts: CallerPart[] = [];
  const open: OpenDeny[] = [];
  let all = 0;
  let denying = 0;
  for (const rule of rules) {
    const part = bits.of(rule);
    if (part !== null) {
      parts.push(part);
      all |= part.bit;
    }
    const rest = part === null ? rule : without(rule, part.conditions);
    if (part !== null && rest.always) denying |= part.bit;
    else open.push({ bit: part === null ? 0 : part.bit, rule: rest });
  }
  return parts.length === 0 ? null : { parts, bits: all, denying, open };
}

function without({ statement, attached, layer, level }: Rule, left: readonly Condition[]): Rule {
  const conditions = statement.conditions.filter((one) => !left.includes(one));
  return new Rule({ ...statement, conditions }, attached, layer, level);
}
