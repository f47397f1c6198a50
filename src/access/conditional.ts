import { type ConditionUse, conditionBlocks, conditionUse } from '../analysis/condition-use.ts';
import { openConditions } from '../analysis/open-conditions.ts';
import type { Decision } from '../evaluation/decision.ts';
import { decisionsByName, type NamedDecision, openingsOf } from '../evaluation/openings.ts';
import type { JsonObject } from '../policy/json.ts';

/** Names that policies mean that are tried, and that one condition lists. */
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
  const meant = named.filter((one) => one.meant);
  const allowed = meant.filter(({ decision }) => decision.allowed);
  const tried = [...new Set([...allowed, ...meant])].slice(0, MAX_NAMES);
  const asMeant = firstWay(tried);
  // Names that no policy means say no more than those that some does: they come last.
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

/** What has to hold beside the name; null: nothing would do. */
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
