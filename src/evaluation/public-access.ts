import type { ResourceText } from '../policy/arn.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { isPublicPolicy } from '../policy/public-policy.ts';
import type { AttachedPolicy } from './applicable-policies.ts';

/**
 * Settings of S3 Block Public Access.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 *
 * Only `restrictPublicBuckets` takes part in decisions. `blockPublicPolicy` and `blockPublicAcls` refuse calls by the document or
 * ACL that they carry, which a question does not contain, and change nothing that is already there. `ignorePublicAcls` is about ACLs.
 */
export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** Where Block Public Access is configured. */
export type PublicAccessLevel = 'ORGANIZATION' | 'ACCOUNT' | 'ACCESS_POINT' | 'BUCKET';

/** The settings for a bucket, an access point and its bucket, or an object behind them; a level left out or null has none. */
export interface PublicAccessBlocks {
  readonly organization?: PublicAccessBlock | null | undefined;
  readonly account?: PublicAccessBlock | null | undefined;
  readonly accessPoint?: PublicAccessBlock | null | undefined;
  readonly bucket?: PublicAccessBlock | null | undefined;
}

/**
 * The level that restricts public buckets; null: none does. The most restrictive setting counts, and the organization's replaces
 * the account's, also where it allows more.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html
 */
export function restrictingLevel(blocks: PublicAccessBlocks): PublicAccessLevel | null {
  const { organization = null, account = null, accessPoint = null, bucket = null } = blocks;
  if (organization?.restrictPublicBuckets === true) return 'ORGANIZATION';
  if (organization === null && account?.restrictPublicBuckets === true) return 'ACCOUNT';
  if (accessPoint?.restrictPublicBuckets === true) return 'ACCESS_POINT';
  return bucket?.restrictPublicBuckets === true ? 'BUCKET' : null;
}

/** The level that restricts access to a resource with this policy; null: none does, or the policy is not public. */
export function restrictedBy(
  resource: ResourceName,
  blocks: PublicAccessBlocks,
  attached: AttachedPolicy | null,
): PublicAccessLevel | null {
  const level = restrictingLevel(isAccessPoint(resource) ? blocks : { ...blocks, accessPoint: null });
  return level !== null && isPublic(resource, attached) ? level : null;
}

/** Whether S3 calls the policy of a bucket or access point, which also governs what is in it, public. */
export function isPublic(resource: ResourceName, attached: AttachedPolicy | null): boolean {
  if (attached === null || !resource.service.endsWith(':s3:')) return false;
  return isPublicPolicy(attached.policy, isAccessPoint(resource) ? 'accessPoint' : 'bucket');
}

type ResourceName = Pick<ResourceText, 'service' | 'segments' | 'rest'>;

function isAccessPoint({ segments, rest }: ResourceName): boolean {
  return rest.startsWith('accesspoint/') && isAccountId(segments[ACCOUNT] ?? '');
}

const ACCOUNT = 4;
