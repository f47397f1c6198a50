import type * as iam from '@aws-sdk/client-iam';
import type { Operation, Operations } from '../operation.ts';
import { paged } from './paging.ts';
import { permittedInAccount } from './permitted.ts';

/**
 * What the directory can count. Quotas, and what it does not keep (certificates, passwords, keys of the root user), are left
 * out. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
 */
const getAccountSummary: Operation<object, iam.GetAccountSummaryResponse> = async (context) => {
  const accountId = await permittedInAccount(context, 'iam:GetAccountSummary');
  const counts = await context.directory.iam.counts(accountId);
  return {
    SummaryMap: {
      Users: counts.users,
      Groups: counts.groups,
      Roles: counts.roles,
      Policies: counts.policies,
      PolicyVersionsInUse: counts.policyVersions,
      InstanceProfiles: counts.instanceProfiles,
      Providers: counts.oidcProviders,
      MFADevices: counts.mfaDevices,
      MFADevicesInUse: counts.mfaDevicesInUse,
    },
  };
};

/** An account has one at most. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html */
const listAccountAliases: Operation<iam.ListAccountAliasesRequest, iam.ListAccountAliasesResponse> = async (
  context,
  input,
) => {
  const accountId = await permittedInAccount(context, 'iam:ListAccountAliases');
  const { entries, truncation } = await paged('ListAccountAliases', input, async ({ after }) => {
    const alias = await context.directory.iam.alias(accountId);
    return alias === null || (after !== null && alias <= after.key) ? [] : [{ key: alias }];
  });
  return { AccountAliases: entries.map(({ key }) => key), ...truncation };
};

export const ACCOUNT_READS = {
  GetAccountSummary: getAccountSummary,
  ListAccountAliases: listAccountAliases,
} satisfies Operations;
