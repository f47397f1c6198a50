import type { ResourceText } from '../policy/arn.ts';

type Name = Pick<ResourceText, 'service' | 'head' | 'rest'>;

/** A general purpose bucket, `arn:aws:s3:::name`: access points and directory buckets have an account in their ARN. */
export function isBucket(resource: Name): boolean {
  return isOfBucket(resource) && !resource.rest.includes('/');
}

/** An object in a general purpose bucket. */
export function isObject(resource: Name): boolean {
  return isOfBucket(resource) && resource.rest.includes('/');
}

function isOfBucket({ service, head }: Name): boolean {
  return service.endsWith(':s3:') && head.endsWith(':::');
}
