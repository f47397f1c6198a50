import { type ContextKey, SESSION_NAME } from '../policy/context-key.ts';
import { AssumedFindings } from './assumed-findings.ts';
import { decide, type Situation } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Evaluation } from './evaluation.ts';
import { layersInPlace, type StatementInPlace } from './explain.ts';
import { LazyDecision } from './lazy-decision.ts';
import { openKeys } from './missing-keys.ts';
import { tellingNames } from './requirements.ts';
import type { Rule } from './rule.ts';
import { ANY_NAMES } from './session-names.ts';
import { supposing, unsaidBy } from './unsaid.ts';

/** A statement whose conditions are open, and the keys that leave them open. */
export interface OpenStatement {
  readonly rule: Rule;
  readonly keys: readonly ContextKey[];
}

/** One way in which a denied request would be allowed: these Allows match, and these Denies do not. */
export interface Opening {
  readonly evaluation: Evaluation;
  readonly allows: readonly OpenStatement[];
  readonly denies: readonly OpenStatement[];
}

/** Greatest number of ways that are searched; each search starts by leaving out another statement. */
const WAYS = 24;

/**
 * The ways in which values of open keys would allow a denied request; each with a minimal set of Allows.
 * `isOpen` left out: keys are open that the request lacks and could have carried.
 */
export function openingsOf(
  decision: Decision,
  isOpen: (key: ContextKey, evaluation: Evaluation) => boolean = isMissing,
): readonly Opening[] {
  // A request that is refused regardless of policies has none.
  if (!(decision instanceof LazyDecision)) return [];
  const layers = layersInPlace(decision);
  const open = new Map<StatementInPlace, OpenStatement>();
  for (const { statements } of layers) {
    for (const one of statements) {
      const keys = openKeys(decision, one, (key) => isOpen(key, decision));
      if (keys.length > 0) open.set(one, { rule: one.rule, keys });
    }
  }
  if (open.size === 0) return [];
  const situation: Situation = decision;
  const isAllowed = (without: ReadonlySet<StatementInPlace>): boolean => {
    const counts = (one: StatementInPlace): boolean =>
      open.has(one) ? one.rule.allows && !without.has(one) : one.matches;
    return decide(situation, new AssumedFindings(decision, layers, counts)).effect === 'ALLOWED';
  };
  if (!isAllowed(new Set())) return [];
  const allows = [...open.keys()].filter(({ rule }) => rule.allows);
  const denies = [...open].filter(([{ rule }]) => !rule.allows).map(([, statement]) => statement);
  const ways = new Map<string, Opening>();
  for (let last = 0; last < Math.max(1, Math.min(allows.length, WAYS)); last += 1) {
    const needed = fewest([...allows.slice(last + 1), ...allows.slice(0, last + 1)], isAllowed);
    const key = allows.map((one) => (needed.has(one) ? '1' : '0')).join('');
    const chosen = allows.filter((one) => needed.has(one)).flatMap((one) => open.get(one) ?? []);
    if (!ways.has(key)) ways.set(key, { evaluation: decision, allows: chosen, denies });
  }
  return [...ways.values()];
}

/** The part of `all` that remains after removing, one by one, all that are unnecessary. */
function fewest(
  all: readonly StatementInPlace[],
  isAllowed: (without: ReadonlySet<StatementInPlace>) => boolean,
): ReadonlySet<StatementInPlace> {
  const without = new Set<StatementInPlace>();
  for (const one of all) {
    without.add(one);
    if (!isAllowed(without)) without.delete(one);
  }
  return new Set(all.filter((one) => !without.has(one)));
}

function isMissing(key: ContextKey, evaluation: Evaluation): boolean {
  return evaluation.value(key) === undefined && evaluation.couldBeGiven(key);
}

/** The same request from a session with a name. `meant`: some policy names it, or has a pattern that matches it. */
export interface NamedDecision {
  readonly name: string;
  readonly meant: boolean;
  readonly decision: LazyDecision;
}

/** The same request from the role session with each name that policies distinguish; none: they distinguish no names. */
export function decisionsByName(decision: Decision): readonly NamedDecision[] {
  if (!(decision instanceof LazyDecision)) return [];
  const names = tellingNames(decision);
  if (names.length === 0) return [];
  return supposing<Evaluation>(decision, unsaidBy(decision) & SESSION_NAME, names).map(
    ({ principal, action, resource, request }, index) => {
      const name = names[index] ?? '';
      const named = new LazyDecision(principal, action, resource, request);
      return { name, meant: !ANY_NAMES.includes(name), decision: named };
    },
  );
}
