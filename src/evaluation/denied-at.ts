import type { LevelName } from './applicable-policies.ts';
import { isClosed } from './closed-policy.ts';
import type { DecisionEffect } from './decision.ts';
import type { LayerInPlace } from './explain.ts';

/**
 * The levels at which a layer of control policies denies, from the organization's root down: those with a matching Deny, or else
 * those that do not allow. Empty if it does not deny, and for layers without levels.
 */
export function deniedAt(
  { levels, control, statements }: Pick<LayerInPlace, 'levels' | 'control' | 'statements'>,
  effect: DecisionEffect,
): readonly LevelName[] {
  if (control.length === 0 || effect === 'ALLOWED') return NOWHERE;
  const allows = effect === 'IMPLICIT_DENY';
  const matching = statements.filter(({ rule, matches }) => matches && rule.statement.allows === allows);
  const found = new Set(matching.map(({ rule }) => rule.level));
  const denying = control.filter(({ policies }, i) =>
    allows ? (levels > 0 && !found.has(i)) || policies.some(isClosed) : found.has(i),
  );
  return denying.map(({ level }) => level);
}

const NOWHERE: readonly never[] = [];
