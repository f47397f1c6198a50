import type { Opening, OpenStatement } from '../evaluation/openings.ts';
import { type ConditionUse, simplifyConditions } from './condition-use.ts';
import { negations } from './negate.ts';
import { Settling } from './settle.ts';

/** `impossible`: no request fulfils them. `unsaid`: no condition block can express them. */
export type OpenConditions = readonly ConditionUse[] | 'impossible' | 'unsaid';

/**
 * Conditions under which a request that is now denied is allowed: if they all hold, it is allowed whatever else it
 * carries. Of several ways, the one with the fewest conditions.
 */
export function openConditions(openings: readonly Opening[]): OpenConditions {
  let best: OpenConditions = 'impossible';
  for (const opening of openings) {
    const found = conditionsOf(opening);
    if (typeof found === 'string') {
      if (found === 'unsaid' && best === 'impossible') best = found;
    } else if (typeof best === 'string' || found.length < best.length) best = found;
  }
  return best;
}

/** Greatest number of combinations that are tried to keep Denies from matching. */
const TRIED = 500;

function conditionsOf({ evaluation, allows, denies }: Opening): OpenConditions {
  const settling = new Settling(evaluation, evaluation.resource.accountId !== null);
  let needed: readonly ConditionUse[] = [];
  for (const statement of allows) {
    if (opensResource(statement)) return 'unsaid';
    const uses = usesOf(statement, settling);
    const both = uses === null ? null : together(needed, uses);
    if (both === null) return 'impossible';
    needed = both;
  }
  const choices: (readonly (readonly ConditionUse[])[])[] = [];
  for (const statement of denies) {
    const uses = usesOf(statement, settling);
    if (uses === null) continue;
    const ways = uses.flatMap(negations);
    if (ways.length === 0) return 'unsaid';
    choices.push(ways);
  }
  return sparing(needed, choices, { left: TRIED }) ?? 'impossible';
}

/** `found` with one of each of `choices`; null: no combination that was tried can hold. */
function sparing(
  found: readonly ConditionUse[],
  [ways, ...rest]: readonly (readonly (readonly ConditionUse[])[])[],
  budget: { left: number },
): readonly ConditionUse[] | null {
  if (ways === undefined) return found;
  for (const way of ways) {
    budget.left -= 1;
    if (budget.left < 0) return null;
    const both = together(found, way);
    const all = both === null ? null : sparing(both, rest, budget);
    if (all !== null) return all;
  }
  return null;
}

/** Whether a variable in its Resource is open: no condition can require a resource name. */
function opensResource({ rule, keys }: OpenStatement): boolean {
  return rule.resourceKeys.some((key) => keys.includes(key));
}

/** Its open conditions; null: no request fulfils one of them. */
function usesOf({ rule, keys }: OpenStatement, settling: Settling): readonly ConditionUse[] | null {
  const uses: ConditionUse[] = [];
  for (const condition of rule.conditions ?? []) {
    if (!condition.keys.some((key) => keys.includes(key))) continue;
    const settled = settling.condition(condition, rule.attached.policy.variables);
    if (settled === false) return null;
    if (settled !== true) uses.push(settled);
  }
  return uses;
}

/** Null: they cannot all hold. */
function together(some: readonly ConditionUse[], more: readonly ConditionUse[]): readonly ConditionUse[] | null {
  const all = [...some, ...more];
  const ids = new Set(all.map((use) => use.id));
  const contradicts = (use: ConditionUse): boolean =>
    negations(use).some(([only, ...others]) => only !== undefined && others.length === 0 && ids.has(only.id));
  return all.some(contradicts) ? null : simplifyConditions(all);
}
