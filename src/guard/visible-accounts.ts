import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';

/**
 * The accounts in which a principal could be allowed to read something: its own, and for principals of an organization's
 * management account or of a delegated administrator, all accounts of the organization. Its policies say what it may read.
 */
export async function accountsWithin({ directory }: GuardContext, ref: PrincipalRef): Promise<ReadonlySet<string>> {
  if (!('accountId' in ref)) return new Set();
  const own = ref.accountId;
  const organization = {
    OR: [{ managementAccountId: own }, { delegatedAdministrators: { some: { accountId: own } } }],
  };
  const rows = await directory.prisma.account.findMany({ where: { organization }, select: { id: true } });
  return new Set([own, ...rows.map(({ id }) => id)]);
}
