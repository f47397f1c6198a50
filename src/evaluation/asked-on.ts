import { resourceText } from '../policy/arn.ts';
import { regionsOf } from '../policy/regions.ts';
import type { Decision } from './decision.ts';
import { mostRestrictive } from './most-restrictive.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { AskedOn, RequestFacts } from './request.ts';

const REGION_KEY = 'aws:requestedregion';
/** The fourth part of an ARN. */
const REGION_PART = 3;

/** `region` null: the ARN keeps `$R` in its place. */
export function askedArn(
  { arn }: AskedOn,
  { partition, accountId }: { readonly partition: string; readonly accountId: string },
  region: string | null,
): string {
  const filled = arn.replace('$P', partition).replace('$A', accountId);
  return region === null ? filled : filled.replace('$R', region);
}

/** Whether `arn` is the one that the action is asked on, for some partition, Region and account. */
export function isAskedOn({ arn: template }: AskedOn, arn: string): boolean {
  const wanted = template.split(':');
  const parts = arn.split(':');
  return (
    parts.length === wanted.length &&
    wanted.every((part, i) => (part.startsWith('$') ? parts[i] !== '' : part === parts[i]))
  );
}

/**
 * Decides what AWS asks on the ARN of a listing. Where the Region is not known, a Deny matches if it does for some Region, an
 * Allow only if it does for all; that the Region would have told is then among the missing keys.
 */
export function decideAskedOn(
  askedOn: AskedOn,
  principal: PreparedPrincipal,
  asked: PreparedResource,
  request: RequestFacts,
  decide: (about: PreparedResource) => Decision,
  nothing: PreparedResource,
): Decision {
  const about = (region: string | null): PreparedResource => {
    const arn = askedArn(askedOn, principal, region);
    return { ...nothing, ...resourceText(arn), facts: { ...nothing.facts, arn } };
  };
  if (!askedOn.arn.includes('$R')) return decide(about(null));
  const region = regionOf(askedOn, asked, request);
  if (region !== null) return decide(about(region));
  const [first, ...others] = regionsOf(principal.partition === '' ? 'aws' : principal.partition).map((each) =>
    decide(about(each)),
  );
  if (first === undefined) return decide(about(''));
  const decision = mostRestrictive(first, others);
  if (others.every(({ effect }) => effect === first.effect)) return decision;
  return withMissing(decision, 'aws:RequestedRegion');
}

/** What the resource's ARN says, if it was asked about by its ARN, or the request. */
function regionOf(askedOn: AskedOn, asked: PreparedResource, { context }: RequestFacts): string | null {
  if (asked.arn && isAskedOn(askedOn, asked.text)) return asked.segments[REGION_PART] ?? null;
  const given = context.get(REGION_KEY);
  return typeof given === 'string' && given !== '' ? given : null;
}

function withMissing(decision: Decision, key: string): Decision {
  const { effect, allowed, deniedBy } = decision;
  return {
    effect,
    allowed,
    deniedBy,
    get reason() {
      return decision.reason;
    },
    get unnamedReason() {
      return decision.unnamedReason;
    },
    get layers() {
      return decision.layers;
    },
    get matchedStatements() {
      return decision.matchedStatements;
    },
    get missingContextKeys() {
      return [...new Set([...decision.missingContextKeys, key])];
    },
    get assumedContextKeys() {
      return decision.assumedContextKeys;
    },
    get requires() {
      return decision.requires;
    },
    get dependsOnBucketTags() {
      return decision.dependsOnBucketTags;
    },
  };
}
