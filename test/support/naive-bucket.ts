/**
 * The bucket behind an access point, for the naive evaluator. Both have to permit a request.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
 */
import type { Doc, NaiveRequest } from './naive-request.ts';
import { ownerOf } from './naive-request.ts';

export interface BehindAccessPoint {
  /** The request as the policy of the bucket sees it. */
  readonly q: NaiveRequest;
  readonly docs: readonly Doc[];
  /** Caller and bucket are of one account. */
  readonly same: boolean;
  /** The policy of the bucket has to let the request in. */
  readonly needed: boolean;
}

/** The request as it is one about the bucket. Null: it comes through no access point, or what is behind it is not known. */
function onBucket(q: NaiveRequest): NaiveRequest | null {
  const [, , key] = /^arn:[^:]+:s3:[^:]*:\d{12}:accesspoint\/([^/]+)(?:\/object\/(.*))?$/.exec(q.resource.arn) ?? [];
  const isThrough = q.resource.arn.includes(':accesspoint/') && q.action.name.toLowerCase().startsWith('s3:');
  const bucket = q.resource.accessPoint?.bucket ?? null;
  if (!isThrough || bucket === null) return null;
  // About the access point, not through it.
  if (/accesspoint|^s3:(un)?tagresource$|^s3:listtagsforresource$/i.test(q.action.name)) return null;
  return {
    ...q,
    seenAs: key === undefined ? bucket.arn : `${bucket.arn}/${key}`,
    resource: { ...q.resource, bindings: bucket.bindings },
  };
}

/**
 * What stands above the bucket, whose requests they are, too, and the request as one about the bucket. Null: nothing.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
export function controlBehind(
  q: NaiveRequest,
): { readonly q: NaiveRequest; readonly levels: readonly (readonly Doc[])[]; readonly same: boolean } | null {
  const bucket = q.resource.accessPoint?.bucket ?? null;
  const asked = onBucket(q);
  if (bucket === null || asked === null || bucket.rcp === null) return null;
  return { q: asked, levels: bucket.rcp, same: bucket.accountId === ownerOf(q) };
}

/** Null: the request comes through no access point, or the policy of the bucket has no part in it. */
export function behindAccessPoint(q: NaiveRequest): BehindAccessPoint | null {
  const bucket = q.resource.accessPoint?.bucket ?? null;
  const asked = onBucket(q);
  if (bucket === null || asked === null) return null;
  const p = q.principal;
  const same = 'accountId' in p && p.accountId === bucket.accountId && bucket.arn.split(':')[1] === p.partition;
  // The root user always gets at the policy of a bucket of its own account.
  if (p.kind === 'root' && same && /^s3:(get|put|delete)bucketpolicy$/i.test(q.action.name)) return null;
  return {
    q: asked,
    docs: bucket.policy === null ? [] : [bucket.policy],
    same,
    needed: !same || ownerOf(q) !== bucket.accountId,
  };
}
