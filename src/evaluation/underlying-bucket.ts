import { splitArn } from '../policy/arn.ts';
import type { CompiledPolicy } from '../policy/load.ts';
import { globOf } from '../policy/pattern.ts';
import { EVERY_RESOURCE, patternOf, type ResourceElement, type ResourcePattern } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';

/** The bucket behind an access point of S3. AWS calls it the underlying bucket. */
export interface UnderlyingBucket {
  readonly arn: string;
  readonly accountId: string;
  /** Null: it has none. */
  readonly policy: AttachedPolicy | null;
  /** Like `ResourceFacts.policyBindings`. */
  readonly policyBindings: Readonly<Record<string, string>>;
  /** Like `ResourceFacts.resourceControl`, for the bucket's account. */
  readonly resourceControl: readonly ControlLevel[] | null;
}

/** Parts of an ARN before its resource. */
const HEADS = 5;

const BUCKET = /^arn:[^:]+:s3:::[^/:*?$]+$/;
const ACCESS_POINT = /^arn:[^:]+:s3:[^:]*:\d{12}:accesspoint\/[\w.-]+$/;

/** Whether the policy of the bucket can be read as one about an access point: both have ARNs of S3's general purpose buckets. */
export function isReadableThrough(bucket: string, accessPoint: string): boolean {
  return BUCKET.test(bucket) && ACCESS_POINT.test(accessPoint);
}

/** By a policy, the bucket and the ARN of an access point: everything behind one has it as one object, so that it is planned once. */
const read = new WeakMap<AttachedPolicy, Map<string, AttachedPolicy>>();
/** A bucket in use has a few access points. */
const MOST_ACCESS_POINTS = 1_000;

/**
 * The policy of a bucket as it counts for requests through an access point: what it says of the bucket and its objects, it says of
 * the access point and the objects behind it. So the request is the same for all layers, and has the keys of an access point.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
 */
export function seenThrough(attached: AttachedPolicy, bucket: string, accessPoint: string): AttachedPolicy {
  const byPoint = read.get(attached) ?? new Map<string, AttachedPolicy>();
  read.set(attached, byPoint);
  const place = `${bucket} ${accessPoint}`;
  const known = byPoint.get(place);
  if (known !== undefined) return known;
  const { policy } = attached;
  const statements = policy.statements.map((one) => aboutAccessPoint(one, policy, bucket, accessPoint));
  const made = { ...attached, policy: { ...policy, statements } };
  if (byPoint.size >= MOST_ACCESS_POINTS) byPoint.clear();
  byPoint.set(place, made);
  return made;
}

function aboutAccessPoint(
  statement: CompiledStatement,
  { variables }: CompiledPolicy,
  bucket: string,
  accessPoint: string,
): CompiledStatement {
  const { resources, allows } = statement;
  if (resources === null) return statement;
  const read = resources.patterns.map((pattern) => translated(pattern, variables, bucket, accessPoint));
  const patterns = read.flatMap((one) => one ?? []);
  if (!read.includes(null)) return { ...statement, resources: { ...resources, patterns } };
  // As what cannot be read: an exception excludes nothing, an Allow does not apply, a Deny does.
  if (resources.negated) return { ...statement, resources: allows ? NOWHERE : { ...resources, patterns } };
  return { ...statement, resources: allows ? { ...resources, patterns } : EVERYWHERE };
}

const NOWHERE: ResourceElement = { negated: false, patterns: [] };
const EVERYWHERE: ResourceElement = { negated: false, patterns: [EVERY_RESOURCE] };

/**
 * The patterns of what an entry covers of the access point; empty: nothing. Null: a policy variable stands in the name of the bucket,
 * which S3 accepts in no policy.
 */
function translated(
  pattern: ResourcePattern,
  variables: boolean,
  bucket: string,
  accessPoint: string,
): readonly ResourcePattern[] | null {
  if (pattern.everything) return [pattern];
  const heads = splitArn(bucket).slice(0, HEADS);
  const matches = heads.every((part, i) => globOf(pattern.parts[i] ?? '').matches(part.toLowerCase()));
  if (!matches) return NOTHING;
  const text = pattern.parts[HEADS] ?? '';
  const name = bucket.slice(heads.join(':').length + 1);
  const [pointHeads, point] = [splitArn(accessPoint).slice(0, HEADS), splitArn(accessPoint)[HEADS] ?? ''];
  const onPoint = (rest: string): ResourcePattern => patternOf([...pointHeads, rest], variables);
  const behindName = restsOf(text, name, variables);
  const behindSlash = restsOf(text, `${name}/`, variables);
  if (behindName === null || behindSlash === null) return null;
  // What is left may match nothing more: then the entry covers the bucket itself.
  const itself = behindName.some((rest) => /^\**$/.test(rest)) ? [onPoint(point)] : NOTHING;
  const objects = behindSlash.map((rest) => onPoint(`${point}/object/${rest}`));
  // Where a variable has no value, the entry is unresolved, whatever precedes the variable.
  if (variables && objects.length === 0 && text.includes('${')) return [...itself, onPoint(`accesspoint//${text}`)];
  return [...itself, ...objects];
}

const NOTHING: readonly ResourcePattern[] = [];

/**
 * What a pattern can match behind a literal beginning, as patterns: `b*` behind `b/` is `*`. None: it matches nothing that begins so.
 * Null: a policy variable stands in the beginning.
 */
function restsOf(pattern: string, beginning: string, variables: boolean): readonly string[] | null {
  let places = new Set([0]);
  for (const char of beginning) {
    const next = new Set<number>();
    for (const place of withoutStars(pattern, places)) {
      const one = pattern.charAt(place);
      if (variables && isVariable(pattern, place)) return null;
      if (one === '*') next.add(place);
      else if (one === '?' || one === char) next.add(place + 1);
    }
    places = next;
  }
  return [...places].map((place) => pattern.slice(place));
}

/** The places, and those behind their stars, which may match nothing. */
function withoutStars(pattern: string, places: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(places);
  for (const place of all) if (pattern.charAt(place) === '*') all.add(place + 1);
  return all;
}

/** `${*}`, `${?}` and `${$}` are the characters themselves, which no name of a bucket has. */
function isVariable(pattern: string, place: number): boolean {
  const inside = /^\$\{([^}]+)\}/.exec(pattern.slice(place))?.[1];
  return inside !== undefined && inside !== '*' && inside !== '?' && inside !== '$';
}
