import type { ContextKey } from '../policy/context-key.ts';
import { BUCKET, OBJECT, type Tagged } from '../policy/tag-keys.ts';
import { isBucket, isObject } from './bucket.ts';
import type { PreparedResource } from './prepare.ts';

function isTagged({ service, type }: Tagged, resource: PreparedResource): boolean {
  if (type === BUCKET) return isBucket(resource);
  if (type === OBJECT) return isObject(resource);
  return resource.segments[2] === service && resource.rest.startsWith(type);
}

/**
 * Where the tag that a key names is stored: with the resource (`known`), nowhere (`absent`), or, as far as the directory
 * knows, only in the request (`given`).
 *
 * Tags of a general purpose bucket do not apply to its objects, which have tags and a key of their own (s3:ExistingObjectTag).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function placeOfTag({ tagged }: ContextKey, resource: PreparedResource): 'known' | 'absent' | 'given' {
  const fits = tagged === null || isTagged(tagged, resource);
  if (isObject(resource) && (!fits || tagged === null)) return 'absent';
  return fits && resource.tags !== null ? 'known' : 'given';
}
