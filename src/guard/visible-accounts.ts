import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';

/**
 * The accounts of which somebody could be allowed to read something: the own one, and, out of an organization's management
 * account or one of its delegated administrators, all of the organization. What in them, its policies say.
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
