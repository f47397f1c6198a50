import { isAccountId } from '../policy/principal-id.ts';
import { isPublicPolicy } from '../policy/public-policy.ts';
import type { AttachedPolicy } from './applicable-policies.ts';
import type { Evaluation } from './evaluation.ts';
import { sameAccount } from './situation.ts';

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
  {
    service,
    segments,
    rest,
  }: { readonly service: string; readonly segments: readonly string[]; readonly rest: string },
  blocks: PublicAccessBlocks,
  attached: AttachedPolicy | null,
): PublicAccessLevel | null {
  if (attached === null || !service.endsWith(':s3:')) return null;
  const isAccessPoint = rest.startsWith('accesspoint/') && isAccountId(segments[ACCOUNT] ?? '');
  const level = restrictingLevel(isAccessPoint ? blocks : { ...blocks, accessPoint: null });
  if (level === null) return null;
  return isPublicPolicy(attached.policy, isAccessPoint ? 'accessPoint' : 'bucket') ? level : null;
}

const ACCOUNT = 4;

/** The resource has a public policy, which S3 restricts: the layer takes part. */
export function publicAccessTakesPart({ action, resource }: Evaluation): boolean {
  return resource.restrictedBy !== null && action.service === 's3';
}

/** Only AWS services and the owner's own account have access to a restricted resource, whatever its policy says. */
export function publicAccessAllows(evaluation: Evaluation): boolean {
  if (!publicAccessTakesPart(evaluation)) return true;
  return evaluation.principal.caller === 'service' || sameAccount(evaluation);
}
