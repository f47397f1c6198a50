import type * as iam from '@aws-sdk/client-iam';
import type { PolicyVersionRecord } from '../../../directory/iam/records.ts';
import { RolegateError } from '../../../policy/errors.ts';
import { checkLength } from '../../wire/read-input.ts';
import type { Operation, Operations } from '../operation.ts';
import { paged } from './paging.ts';
import { catalogPolicy, noSuchPolicy, permittedPolicy } from './permitted-policy.ts';

export function listedVersion({ versionId, isDefault, createdAt }: PolicyVersionRecord): iam.PolicyVersion {
  return { VersionId: versionId, IsDefaultVersion: isDefault, CreateDate: new Date(createdAt) };
}

/** Characters. AWS's own are `v1`, `v2` …; an imported directory can hold others. */
const LONGEST_VERSION_ID = 128;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
const getPolicyVersion: Operation<iam.GetPolicyVersionRequest, iam.GetPolicyVersionResponse> = async (
  context,
  { PolicyArn, VersionId },
) => {
  checkLength(VersionId, 'versionId', LONGEST_VERSION_ID);
  const accountId = await permittedPolicy(context, PolicyArn, 'iam:GetPolicyVersion');
  const policy = await context.directory.iam.policy(PolicyArn, accountId);
  const version = policy === null ? null : await context.directory.iam.policyVersion(policy.id, VersionId);
  if (version !== null) return { PolicyVersion: { Document: version.document, ...listedVersion(version) } };
  const known = catalogPolicy(context, PolicyArn);
  if (known === null && policy === null) throw noSuchPolicy(PolicyArn);
  if (known?.versionId !== VersionId) {
    const why = `Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`;
    throw new RolegateError('NoSuchEntity', why);
  }
  const isDefault = (policy?.defaultVersionId ?? VersionId) === VersionId;
  return { PolicyVersion: { Document: known.document, VersionId, IsDefaultVersion: isDefault } };
};

/** Without documents, as AWS. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html */
const listPolicyVersions: Operation<iam.ListPolicyVersionsRequest, iam.ListPolicyVersionsResponse> = async (
  context,
  input,
) => {
  const accountId = await permittedPolicy(context, input.PolicyArn, 'iam:ListPolicyVersions');
  const policy = await context.directory.iam.policy(input.PolicyArn, accountId);
  const known = policy === null ? catalogPolicy(context, input.PolicyArn) : null;
  if (policy === null && known === null) throw noSuchPolicy(input.PolicyArn);
  const { entries, truncation } = await paged('ListPolicyVersions', input, async ({ after, limit }) =>
    policy === null ? [] : context.directory.iam.policyVersions(policy.id, { after: after?.key ?? null, limit }),
  );
  const ofCatalog = known === null ? [] : [{ VersionId: known.versionId, IsDefaultVersion: true }];
  return { Versions: [...ofCatalog, ...entries.map(listedVersion)], ...truncation };
};

export const POLICY_VERSION_READS = {
  GetPolicyVersion: getPolicyVersion,
  ListPolicyVersions: listPolicyVersions,
} satisfies Operations;
