import type { Opening, OpenStatement } from '../evaluation/openings.ts';
import { type ConditionUse, simplifyConditions } from './condition-use.ts';
import { negations } from './negate.ts';
import { Settling } from './settle.ts';

/** `impossible`: no request fulfils them. `unsaid`: no condition block says what would have to be. */
export type OpenConditions = readonly ConditionUse[] | 'impossible' | 'unsaid';

/**
 * Conditions under which a request is allowed that is denied as it stands: whatever else it carries, if they all hold it is
 * allowed. Of several ways the one with the fewest conditions.
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

function conditionsOf({ evaluation, allows, denies }: Opening): OpenConditions {
  const settling = new Settling(evaluation, evaluation.resource.accountId !== null);
  let found: readonly ConditionUse[] = [];
  for (const statement of allows) {
    if (opensResource(statement)) return 'unsaid';
    const uses = usesOf(statement, settling);
    const both = uses === null ? null : together(found, uses);
    if (both === null) return 'impossible';
    found = both;
  }
  for (const statement of denies) {
    const uses = usesOf(statement, settling);
    if (uses === null) continue;
    if (uses.length === 0) return 'unsaid';
    const choices = uses.flatMap(negations);
    if (choices.length === 0) return 'unsaid';
    const spared = firstOf(choices, (choice) => together(found, choice));
    if (spared === null) return 'impossible';
    found = spared;
  }
  return found;
}

/** Whether a variable in its Resource is open: no condition says what a resource has to be called. */
function opensResource({ rule, keys }: OpenStatement): boolean {
  return rule.resourceKeys.some((key) => keys.includes(key));
}

/** Its open conditions; null: one of them holds of no request. */
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

function firstOf<T, U>(list: readonly T[], find: (one: T) => U | null): U | null {
  for (const one of list) {
    const found = find(one);
    if (found !== null) return found;
  }
  return null;
}
