import { mostPolicyBytes, policyRemoval } from '../../catalog/resource-writes.ts';
import type { PublicAccessBlock } from '../../evaluation/public-access.ts';
import { parseArn } from '../../policy/arn.ts';
import { RolegateError } from '../../policy/errors.ts';
import { readPolicy } from '../../policy/load.ts';
import { isPublicPolicy, type PublicPolicyHolder } from '../../policy/public-policy.ts';
import { readAccounts, type StoredResource } from '../apply/stored.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { ChangeTools, Made } from './change-of.ts';
import type { PolicyText } from './entity-inputs.ts';
import type { ResourceName } from './resource-inputs.ts';
import { findResource, sayOf, storedResource } from './resources.ts';
import { checkPrincipals } from './trust-principals.ts';

/** Throws ValidationError for a type of resource that has no policy of its own. */
function checkHolds({ catalog }: ChangeTools, arn: string): void {
  const [holder] = catalog.policyHolders(arn);
  const { service = '' } = parseArn(arn) ?? {};
  if (holder === arn && service !== 'iam') return;
  const instead =
    service === 'iam' ? '; the policy of a role is its trust policy' : holder && `; it stands at ${holder}`;
  const why = `${arn} has no resource-based policy of its own${instead ?? ''}`;
  throw new RolegateError('ValidationError', why, { field: 'resourceArn' });
}

function checkSize(arn: string, document: string): void {
  const most = mostPolicyBytes(arn);
  if (new TextEncoder().encode(document).length <= most) return;
  throw new RolegateError('LimitExceeded', `The policy of ${arn} has at most ${most} bytes.`, {
    field: 'policyDocument',
  });
}

/** Buckets and access points of S3; null: something else, of which S3 says nothing. */
function publicHolder({ arn, accessPoint }: StoredResource): PublicPolicyHolder | null {
  const { service, accountId = '', resource = '' } = parseArn(arn) ?? {};
  if (service !== 's3') return null;
  if (accountId === '') return 'bucket';
  // One that only a VPC reaches is never public.
  return resource.startsWith('accesspoint/') && (accessPoint?.vpcId ?? null) === null ? 'accessPoint' : null;
}

/**
 * Throws AccessDenied for a public policy of a bucket or access point where a setting of its own, of its bucket, its account or its
 * organization prevents one. The organization's setting replaces the account's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
 */
async function checkNotPublic(sql: WritingSql, stored: StoredResource, document: string): Promise<void> {
  const holder = publicHolder(stored);
  if (holder === null || !isPublicPolicy(readPolicy(document, 'resource'), holder)) return;
  const [account] = await readAccounts(sql, [stored.accountId]);
  const bucket = stored.accessPoint === null ? null : await storedResource(sql, stored.accessPoint.bucket);
  // A bucket's setting reaches the access points of its own account.
  const behind = bucket?.accountId === stored.accountId ? bucket.publicAccessBlock : null;
  const settings: readonly (PublicAccessBlock | null | undefined)[] = [
    account?.organizationPublicAccessBlock ?? account?.publicAccessBlock,
    stored.publicAccessBlock,
    behind,
  ];
  if (!settings.some((each) => each?.blockPublicPolicy === true)) return;
  const why = 'public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access';
  throw new RolegateError('AccessDenied', `The policy of ${stored.arn} was not saved because ${why}`);
}

export async function putResourcePolicy(
  sql: WritingSql,
  { resourceArn: arn, policyDocument }: ResourceName & PolicyText,
  tools: ChangeTools,
): Promise<Made> {
  checkHolds(tools, arn);
  const stored = await findResource(sql, arn);
  checkSize(arn, policyDocument);
  const principals = await checkPrincipals(sql, policyDocument);
  await checkNotPublic(sql, stored, policyDocument);
  const bucket = stored.accessPoint === null ? [] : [{ entity: 'Resource', entityId: stored.accessPoint.bucket }];
  const reads = [{ entity: 'Account', entityId: stored.accountId }, ...bucket, ...principals];
  return sayOf(sql, stored, { arn, accountId: stored.accountId, policy: policyDocument, known: ['policy'] }, reads);
}

export async function deleteResourcePolicy(
  sql: WritingSql,
  { resourceArn: arn }: ResourceName,
  tools: ChangeTools,
): Promise<Made> {
  checkHolds(tools, arn);
  const stored = await findResource(sql, arn);
  if (policyRemoval(tools.catalog, arn) === null) {
    throw new RolegateError('ValidationError', `${arn} always has a policy: it can be replaced, and not removed`, {
      field: 'resourceArn',
    });
  }
  return sayOf(sql, stored, { arn, accountId: stored.accountId, policy: null, known: ['policy'] });
}
