import { namesOfKeys } from './asked-keys.ts';
import { DENY_ORDER } from './assumed-findings.ts';
import type { AskedKey, Decision, LayerDecision, MatchedStatement } from './decision.ts';
import type { Evaluation } from './evaluation.ts';
import { layersInPlace } from './explain.ts';
import { mostRestrictive } from './most-restrictive.ts';
import type { Rule } from './rule.ts';

/** A decision and the request that it answers. */
export type Decided = Decision & Evaluation;

const REGION = 'aws:RequestedRegion';

/**
 * The decision on a request whose Region is not given: allowed only if it is allowed in every Region. A Deny matches if it
 * matches in some Region, an Allow if it matches in all; if no single one does, the Allows that together cover all are named.
 */
export function inAnyRegion(first: Decided, others: readonly Decided[]): Decision {
  const all: readonly [Decided, ...Decided[]] = [first, ...others];
  const effects = new Set(all.map(({ effect }) => effect));
  const { effect } = mostRestrictive(first, others);
  const deciding = all.filter((one) => one.effect === effect);
  const most = deciding.reduce((front, one) => (rank(one) < rank(front) ? one : front));
  const inOrder = (statements: readonly MatchedStatement[]): readonly MatchedStatement[] => {
    // The Region affects neither which statements are about the action nor their order.
    const placed = layersInPlace(first).flatMap((layer) => layer.statements.map((one) => one.rule.asMatched));
    const found = new Set(statements);
    return placed
      .filter((one) => found.has(one))
      .sort((a, b) => DENY_ORDER.indexOf(a.layer) - DENY_ORDER.indexOf(b.layer));
  };
  return {
    effect,
    allowed: effect === 'ALLOWED',
    deniedBy: most.deniedBy,
    get reason() {
      return most.reason;
    },
    get unnamedReason() {
      return most.unnamedReason;
    },
    get layers() {
      return layersInAny(all, most, inOrder);
    },
    get matchedStatements() {
      const statements = deciding.map((one) => one.matchedStatements);
      const named = effect === 'IMPLICIT_DENY' ? most.matchedStatements : inSomeOrAll(statements);
      return named.length > 0 ? inOrder(named) : inOrder(statements.flat());
    },
    get missingContextKeys() {
      return namesOfKeys(this.missingKeys);
    },
    get missingKeys() {
      return effects.size === 1
        ? most.missingKeys
        : [...all.flatMap((one) => one.missingKeys), ...askingForRegion(all)];
    },
    get assumedContextKeys() {
      return most.assumedContextKeys;
    },
    get assumedKeys() {
      return most.assumedKeys;
    },
    get requires() {
      return most.requires;
    },
    dependsOn(keys) {
      return all.some((one) => one.dependsOn(keys));
    },
    get dependsOnBucketTags() {
      return most.dependsOnBucketTags;
    },
  };
}

function layersInAny(
  all: readonly [Decided, ...Decided[]],
  most: Decided,
  inOrder: (statements: readonly MatchedStatement[]) => readonly MatchedStatement[],
): readonly LayerDecision[] {
  return most.layers.map((layer, i): LayerDecision => {
    const matched = all.map((one) => one.layers[i] ?? layer);
    const matchedStatements = inOrder(inSomeOrAll(matched.map((one) => one.matchedStatements)));
    const denying = matched.find((one) => one.effect === 'EXPLICIT_DENY');
    const worst = denying ?? matched.find((one) => one.effect === 'IMPLICIT_DENY') ?? layer;
    const at = new Set(matched.flatMap((one) => (one.effect === worst.effect ? one.deniedAt : [])));
    const levels = layersInPlace(all[0])[i]?.control.map(({ level }) => level) ?? [];
    return {
      layer: layer.layer,
      effect: worst.effect,
      matchedStatements,
      deniedAt: levels.filter((level) => at.has(level)),
    };
  });
}

/** The statements that match in some Regions and not in others. */
function askingForRegion(all: readonly Decided[]): readonly AskedKey[] {
  const matches = new Map<Rule, Set<boolean>>();
  for (const { rule, matches: here } of all.flatMap((one) => layersInPlace(one).flatMap((layer) => layer.statements))) {
    matches.set(rule, (matches.get(rule) ?? new Set()).add(here));
  }
  return [...matches].flatMap(([rule, ways]) => (ways.size > 1 ? [{ key: REGION, statement: rule.asMatched }] : []));
}

function rank({ deniedBy }: Decision): number {
  return deniedBy === null ? 0 : DENY_ORDER.indexOf(deniedBy);
}

/** Denies that matched in some Region, and Allows that matched in all. */
function inSomeOrAll(lists: readonly (readonly MatchedStatement[])[]): readonly MatchedStatement[] {
  const sets = lists.map((list) => new Set(list));
  return [...new Set(lists.flat())].filter((one) => one.effect === 'DENY' || sets.every((set) => set.has(one)));
}
