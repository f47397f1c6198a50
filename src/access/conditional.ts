import { type ConditionUse, conditionBlocks, conditionUse } from '../analysis/condition-use.ts';
import { openConditions } from '../analysis/open-conditions.ts';
import type { Decision } from '../evaluation/decision.ts';
import { decisionsByName, type NamedDecision, openingsOf } from '../evaluation/openings.ts';
import type { JsonObject } from '../policy/json.ts';

/** Names that are tried beside other conditions, and that one condition lists. */
const MAX_NAMES = 20;

/**
 * IAM condition blocks under which a denied request would be allowed, all of which have to hold. Null: none would do.
 * `unsaid`: some would, but no condition block says them.
 */
export function conditionsFor(decision: Decision): readonly JsonObject[] | 'unsaid' | null {
  const open = openConditions(openingsOf(decision));
  if (typeof open !== 'string') return conditionBlocks(open);
  const named = withName(decisionsByName(decision));
  if (named !== null) return conditionBlocks(named);
  return open === 'unsaid' ? 'unsaid' : null;
}

/** That the session has one of certain names, with what else has to hold. */
function withName(named: readonly NamedDecision[]): readonly ConditionUse[] | null {
  const allowed = named.filter(({ decision }) => decision.allowed);
  if (allowed.length > 0)
    return hasName(allowed.some(({ meant }) => meant) ? allowed.filter(({ meant }) => meant) : allowed);
  for (const one of named.filter(({ meant }) => meant).slice(0, MAX_NAMES)) {
    const open = openConditions(openingsOf(one.decision));
    const name = typeof open === 'string' ? null : hasName([one]);
    if (typeof open !== 'string' && name !== null) return [...name, ...open];
  }
  return null;
}

/**
 * The name of a session is part of its aws:userid.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
function hasName(named: readonly NamedDecision[]): readonly ConditionUse[] | null {
  const ids = named.slice(0, MAX_NAMES).flatMap(({ name, decision: { principal } }) => {
    const { facts } = principal;
    return facts.kind === 'roleSession' ? [`${facts.role.id}:${name}`] : [];
  });
  const use = conditionUse('StringEquals', 'aws:userid', ids);
  return use === null ? null : [use];
}
