import type { ResourceInput } from '../document.ts';

/**
 * What a bucket is created with: ACLs have no effect, and its tags do not count.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export const newBucket: Pick<ResourceInput, 'objectOwnership' | 'abacEnabled'> = {
  objectOwnership: 'BucketOwnerEnforced',
  abacEnabled: false,
};
