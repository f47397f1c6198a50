import { resourceText } from '../policy/arn.ts';
import { regionsOf } from '../policy/regions.ts';
import { type Decided, inAnyRegion } from './any-region.ts';
import type { Decision } from './decision.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { AskedOn, RequestFacts } from './request.ts';

const REGION_KEY = 'aws:requestedregion';
/** The fourth part of an ARN. */
const REGION_PART = 3;

/** `region` null: the ARN keeps the placeholder `$R`. */
export function askedArn(
  { arn }: AskedOn,
  { partition, accountId }: { readonly partition: string; readonly accountId: string },
  region: string | null,
): string {
  const filled = arn.replace('$P', partition).replace('$A', accountId);
  return region === null ? filled : filled.replace('$R', region);
}

/** Whether `arn` is the ARN on which the action is asked, for some partition, Region and account. */
export function isAskedOn({ arn: template }: AskedOn, arn: string): boolean {
  const wanted = template.split(':');
  const parts = arn.split(':');
  return (
    parts.length === wanted.length &&
    wanted.every((part, i) => (part.startsWith('$') ? parts[i] !== '' : part === parts[i]))
  );
}

/** Decides a request on the ARN that AWS uses for a listing; if the Region is unknown, in every Region. */
export function decideAskedOn(
  askedOn: AskedOn,
  principal: PreparedPrincipal,
  asked: PreparedResource,
  request: RequestFacts,
  decide: (about: PreparedResource) => Decided,
  nothing: PreparedResource,
): Decision {
  // Services and anonymous callers belong to no partition; AWS's first partition is the one that they most likely call.
  const caller = principal.partition === '' ? { partition: 'aws', accountId: '' } : principal;
  // A listing of another account is a request across accounts, on that account's ARN.
  const isListing = !asked.arn || isAskedOn(askedOn, asked.text);
  const isOthers = isListing && asked.accountId !== null && asked.accountId !== principal.accountId;
  const base = isOthers ? asked : nothing;
  const owner = { partition: caller.partition, accountId: base.accountId ?? caller.accountId };
  const about = (region: string | null): PreparedResource => {
    const arn = askedArn(askedOn, owner, region);
    return { ...base, ...resourceText(arn), facts: { ...base.facts, arn } };
  };
  if (!askedOn.arn.includes('$R')) return decide(about(null));
  const region = regionOf(askedOn, asked, request);
  if (region !== null) return decide(about(region));
  const [first, ...others] = regionsOf(caller.partition).map((each) => decide(about(each)));
  return first === undefined ? decide(about('')) : inAnyRegion(first, others);
}

/** The value in the resource's ARN, if the question names one, or in the request. */
function regionOf(askedOn: AskedOn, asked: PreparedResource, { context }: RequestFacts): string | null {
  if (asked.arn && isAskedOn(askedOn, asked.text)) return asked.segments[REGION_PART] ?? null;
  const given = context.get(REGION_KEY);
  return typeof given === 'string' && given !== '' ? given : null;
}
