import type { CallerDenies } from './caller-denies.ts';
import type { MatchedStatement } from './decision.ts';
import { Evaluation } from './evaluation.ts';
import type { Candidates, ControlPlan, LayerPlan } from './layer-set.ts';
import { DIRECTLY, type Naming, NOT_NAMED } from './match-principal.ts';
import { ANYBODY, type Names, NOBODY } from './names.ts';
import type { ResourceIndex } from './resource-index.ts';
import type { Rule } from './rule.ts';

/** Finds the rules that apply to a request, in lists of rules and in their indexes. */
export class Matching extends Evaluation {
  protected anyOnPath(rules: readonly Rule[]): boolean {
    for (const rule of rules) if (this.appliesOnPath(rule)) return true;
    return false;
  }

  /** A statement of the endpoint's policy names the caller, in any way, and applies. */
  protected appliesOnPath(rule: Rule): boolean {
    return (
      (rule.names & this.principal.names) !== NOBODY && this.namedUnbound(rule) !== NOT_NAMED && this.applies(rule)
    );
  }

  /** A statement of the policy of the bucket behind the access point names the caller, and applies. */
  protected anyBehind(rules: readonly Rule[]): boolean {
    for (const rule of rules) if (this.namedBehind(rule) !== NOT_NAMED && this.applies(rule)) return true;
    return false;
  }

  protected namedDeny({ deny, denyNames }: LayerPlan | ControlPlan): boolean {
    if ((denyNames & this.boundNames) === NOBODY) return false;
    for (let i = 0; i < deny.count; i += 1) {
      const rule = ruleAt(deny, i);
      if (this.namedOnResource(rule) !== NOT_NAMED && this.applies(rule)) return true;
    }
    return false;
  }

  /** The names that the policy of the resource can have for the caller: any, where some of them are bound to unique ids. */
  protected get boundNames(): Names {
    return this.resource.bindings === null ? this.principal.names : ANYBODY;
  }

  /** Like `named`, without looking at names where it needs none. */
  protected namedOnResource(rule: Rule): Naming {
    if (rule.everyone) return DIRECTLY;
    return (rule.names & this.boundNames) === NOBODY ? NOT_NAMED : this.named(rule);
  }

  /** The position of the first rule that applies, starting at a position; the count if there is none. */
  protected next(candidates: Candidates, from: number): number {
    const { first, second, rules, count } = candidates;
    const { marks } = this.resource;
    if (from === 0 && first !== null && (candidates.firstMarks & marks) !== 0 && this.applies(first)) return 0;
    if (from <= 1 && second !== null && (candidates.secondMarks & marks) !== 0 && this.applies(second)) return 1;
    for (let i = Math.max(from, 2); i < count; i += 1) {
      const rule = rules[i];
      if (rule !== undefined && (rule.marks & marks) !== 0 && this.applies(rule)) return i;
    }
    return count;
  }

  protected anyMatches(candidates: Candidates): boolean {
    if (candidates.always) return true;
    if (candidates.index !== null) return this.anyIndexed(candidates.index);
    return this.next(candidates, 0) < candidates.count;
  }

  /** Like `anyMatches`, for Denies whose conditions on the caller are looked at once. */
  protected anyOfCaller(denies: CallerDenies): boolean {
    const held = this.callerBits(denies);
    if ((held & denies.denying) !== 0) return true;
    const { marks } = this.resource;
    for (const { bit, rest } of denies.open) {
      if ((held & bit) === bit && (rest.marks & marks) !== 0 && this.applies(rest)) return true;
    }
    return false;
  }

  /** Like `collect`, for the same Denies. */
  protected collectOfCaller(denies: CallerDenies, at: number): number {
    const held = this.callerBits(denies);
    let count = at;
    for (const { bit, rest, whole } of denies.all) {
      if ((held & bit) === bit && this.applies(rest)) collected[count++] = whole.asMatched;
    }
    return count;
  }

  private callerBits({ parts, bits }: CallerDenies): number {
    const { principal } = this;
    if ((bits & ~principal.callerBitsKnown) !== 0) {
      for (const { bit, conditions } of parts) {
        if (conditions.every((one) => one.holds(this))) principal.callerBitsHeld |= bit;
      }
      principal.callerBitsKnown |= bits;
    }
    return principal.callerBitsHeld;
  }

  protected anyIndexed(index: ResourceIndex): boolean {
    return index.some(this.resource, (some) => this.anyApplies(some));
  }

  protected anyApplies(rules: readonly Rule[]): boolean {
    for (const rule of rules) if (this.applies(rule)) return true;
    return false;
  }

  /** Adds the matching rules to `collected`, starting at a position; returns the position after them. */
  protected collect(candidates: Candidates, from: number, at: number): number {
    const { index } = candidates;
    if (index !== null) return this.collectIndexed(candidates.rules, index, at);
    let count = at;
    for (let i = this.next(candidates, from); i < candidates.count; i = this.next(candidates, i + 1)) {
      collected[count++] = ruleAt(candidates, i).asMatched;
    }
    return count;
  }

  protected collectIndexed(rules: readonly Rule[], index: ResourceIndex, at: number): number {
    let count = at;
    const matching = new Set<Rule>();
    index.some(this.resource, (some) => {
      for (const rule of some) if (this.applies(rule)) matching.add(rule);
      return false;
    });
    // The index does not keep the order of the documents.
    const inOrder = matching.size > 1 ? rules : matching;
    for (const rule of inOrder) if (matching.has(rule)) collected[count++] = rule.asMatched;
    return count;
  }

  /** Like `collect`, for rules that name the caller more strongly than `than`. */
  protected collectNamed(candidates: Candidates, than: Naming, at: number): number {
    let count = at;
    for (let i = 0; i < candidates.count; i += 1) {
      const rule = ruleAt(candidates, i);
      if (this.namedOnResource(rule) > than && this.applies(rule)) collected[count++] = rule.asMatched;
    }
    return count;
  }

  /** The same for the policy of the bucket behind the access point. */
  protected collectBehind(rules: readonly Rule[], than: Naming, at: number): number {
    let count = at;
    for (const rule of rules) {
      if (this.namedBehind(rule) > than && this.applies(rule)) collected[count++] = rule.asMatched;
    }
    return count;
  }
}

/** There is one at every position below the count. */
export function ruleAt(candidates: Candidates, place: number): Rule {
  const rule = place === 0 ? candidates.first : place === 1 ? candidates.second : candidates.rules[place];
  return rule as Rule;
}

/** Reused by every decision: a list that grows while it is filled takes several times the memory of its contents. */
export const collected: MatchedStatement[] = [];

/** The first statements of `collected`. Short lists are written out: `slice` costs several times as much. */
export function collectedUpTo(count: number): readonly MatchedStatement[] {
  const one = collected[0];
  const two = collected[1];
  if (count === 1 && one !== undefined) return [one];
  if (count === 2 && one !== undefined && two !== undefined) return [one, two];
  return collected.slice(0, count);
}
