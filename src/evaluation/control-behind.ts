import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import { isClosed } from './closed-policy.ts';
import { seenThrough, type UnderlyingBucket } from './underlying-bucket.ts';

/** The resource control policies that count for requests through an access point. */
export interface ControlThrough {
  /** Those above the account of the access point and those above the account of its bucket; null: there are none. */
  readonly levels: readonly ControlLevel[] | null;
  /** Those of `levels` that are asked on the bucket. */
  readonly behind: readonly AttachedPolicy[];
}

/** By the levels above the bucket: everything behind an access point has them as one list, so that they are planned once. */
const made = new WeakMap<readonly ControlLevel[], Map<string, Made>>();
/** A bucket in use has a few access points. */
const MOST_ACCESS_POINTS = 1_000;

interface Made {
  readonly own: readonly ControlLevel[] | null;
  readonly control: ControlThrough;
}

/**
 * Resource control policies limit each resource that a request needs: the access point and the bucket behind it. Those above the
 * bucket are read as its own policy is: what they say of the bucket, they say of the access point. Within one account they are the same
 * policies, and what they say of every resource is not repeated.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
export function controlThrough(
  /** Those above the account of the access point; null: none. */
  own: readonly ControlLevel[] | null,
  /** The account of the access point. */
  accountId: string,
  bucket: UnderlyingBucket,
  accessPoint: string,
): ControlThrough {
  const above = bucket.resourceControl;
  if (above === null) return { levels: own, behind: [] };
  const byPoint = made.get(above) ?? new Map<string, Made>();
  made.set(above, byPoint);
  // The same policies stand above all buckets of an account, and an access point can be made again for another one.
  const place = `${bucket.arn} ${accessPoint}`;
  const known = byPoint.get(place);
  if (known !== undefined && known.own === own) return known.control;
  const read = (attached: AttachedPolicy): AttachedPolicy => seenThrough(attached, bucket.arn, accessPoint);
  const control =
    own !== null && accountId === bucket.accountId ? withinAccount(own, read) : together(own, above, read);
  if (byPoint.size >= MOST_ACCESS_POINTS) byPoint.clear();
  byPoint.set(place, { own, control });
  return control;
}

type Reading = (attached: AttachedPolicy) => AttachedPolicy;

function together(own: readonly ControlLevel[] | null, above: readonly ControlLevel[], read: Reading): ControlThrough {
  const seen = above.map(({ level, policies }) => ({ level, policies: policies.map(read) }));
  return { levels: [...(own ?? []), ...seen], behind: seen.flatMap(({ policies }) => policies) };
}

function withinAccount(own: readonly ControlLevel[], read: Reading): ControlThrough {
  const seen = own.map(({ policies }) => policies.flatMap((one) => aboutSome(one, read)));
  const levels = own.map(({ level, policies }, i) => ({ level, policies: [...policies, ...(seen[i] ?? [])] }));
  return { levels, behind: seen.flat() };
}

/** The Denies of a policy that are not about every resource, as they count for the bucket; none: it has no such ones. */
function aboutSome(attached: AttachedPolicy, read: Reading): readonly AttachedPolicy[] {
  if (isClosed(attached)) return [];
  const { policy } = attached;
  const statements = policy.statements.filter(
    ({ allows, resources }) =>
      !allows && resources !== null && !resources.patterns.some(({ everything }) => everything),
  );
  return statements.length === 0 ? [] : [read({ ...attached, policy: { ...policy, statements } })];
}
