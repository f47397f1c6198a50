import { type ConditionUse, conditionBlocks, conditionUse } from '../analysis/condition-use.ts';
import { openConditions } from '../analysis/open-conditions.ts';
import type { Decision } from '../evaluation/decision.ts';
import { decisionsByName, type NamedDecision, openingsOf } from '../evaluation/openings.ts';
import type { JsonObject } from '../policy/json.ts';

/** Greatest number of session names in policies that are tried, and that one condition lists. */
const MAX_NAMES = 20;

/**
 * IAM condition blocks under which a denied request would be allowed; all of them must hold. Null: none would allow it.
 * `unsaid`: some conditions would, but no condition block can express them.
 */
export function conditionsFor(decision: Decision): readonly JsonObject[] | 'unsaid' | null {
  const open = openConditions(openingsOf(decision));
  if (typeof open !== 'string') return conditionBlocks(open);
  const named = withName(decisionsByName(decision));
  if (named !== null) return conditionBlocks(named);
  return open === 'unsaid' ? 'unsaid' : null;
}

/** The condition that the session has one of certain names, with the other conditions that must hold. */
function withName(named: readonly NamedDecision[]): readonly ConditionUse[] | null {
  const meant = named.filter((one) => one.meant);
  const allowed = meant.filter(({ decision }) => decision.allowed);
  const tried = [...new Set([...allowed, ...meant])].slice(0, MAX_NAMES);
  const asMeant = firstWay(tried);
  // Names that no policy names come last: they add nothing to names that some policy names.
  return asMeant ?? firstWay(named.filter((one) => !one.meant));
}

function firstWay(tried: readonly NamedDecision[]): readonly ConditionUse[] | null {
  const ways = tried.flatMap((one) => {
    const open = stillOpen(one);
    return open === null ? [] : [{ one, open }];
  });
  const [first] = ways;
  const free = ways.filter(({ open }) => open.length === 0);
  if (free.length > 0) return hasName(free.map(({ one }) => one));
  const name = first === undefined ? null : hasName([first.one]);
  return first === undefined || name === null ? null : [...name, ...first.open];
}

/** The conditions that must hold in addition to the name; null: none would be enough. */
function stillOpen({ decision }: NamedDecision): readonly ConditionUse[] | null {
  const openings = openingsOf(decision);
  if (openings.length === 0) return decision.allowed ? [] : null;
  const open = openConditions(openings);
  return typeof open === 'string' ? null : open;
}

/**
 * The name of a session is part of its aws:userid.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
function hasName(named: readonly NamedDecision[]): readonly ConditionUse[] | null {
  const ids = named.flatMap(({ name, decision: { principal } }) => {
    const { facts } = principal;
    return facts.kind === 'roleSession' ? [`${facts.role.id}:${name}`] : [];
  });
  const use = conditionUse('StringEquals', 'aws:userid', ids);
  return use === null ? null : [use];
}
