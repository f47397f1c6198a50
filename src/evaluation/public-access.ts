import type { ResourceText } from '../policy/arn.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { isPublicPolicy } from '../policy/public-policy.ts';
import type { AccessPointFacts } from './access-point.ts';
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
  /** What stands above the bucket behind an access point, if another account owns it. Left out: what stands above the access point. */
  readonly aboveBucket?: Pick<PublicAccessBlocks, 'organization' | 'account'>;
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

/**
 * The level that restricts access to a resource with this policy; null: none does, or the policy is not public. A request through an
 * access point also has to be allowed by the bucket, which its own settings and those above it restrict if its policy is public.
 */
export function restrictedBy(
  resource: ResourceName,
  blocks: PublicAccessBlocks,
  attached: AttachedPolicy | null,
  accessPoint: AccessPointFacts | null = null,
): PublicAccessLevel | null {
  const { organization, account, bucket, aboveBucket } = blocks;
  const ofBucket = { ...(aboveBucket ?? { organization, account }), bucket };
  const level = isAccessPoint(resource)
    ? (restrictingLevel(blocks) ?? restrictingLevel(ofBucket))
    : restrictingLevel(ofBucket);
  if (level !== null && isPublic(resource, attached, accessPoint)) return level;
  return isPublicBehind(accessPoint) ? restrictingLevel(ofBucket) : null;
}

/** The same of the policy of the bucket behind an access point. */
export function isPublicBehind(accessPoint: AccessPointFacts | null): boolean {
  const policy = accessPoint?.bucket?.policy ?? null;
  return policy !== null && isPublicPolicy(policy.policy, 'bucket');
}

/**
 * Whether S3 calls the policy of a bucket or access point, which also governs what is in it, public. An access point that only a VPC
 * reaches never is, whatever its policy says.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function isPublic(
  resource: ResourceName,
  attached: AttachedPolicy | null,
  accessPoint: AccessPointFacts | null = null,
): boolean {
  if (attached === null || !resource.service.endsWith(':s3:')) return false;
  if (accessPoint !== null && accessPoint.vpcId !== null) return false;
  return isPublicPolicy(attached.policy, isAccessPoint(resource) ? 'accessPoint' : 'bucket');
}

type ResourceName = Pick<ResourceText, 'service' | 'segments' | 'rest'>;

function isAccessPoint({ segments, rest }: ResourceName): boolean {
  return rest.startsWith('accesspoint/') && isAccountId(segments[ACCOUNT] ?? '');
}

const ACCOUNT = 4;
