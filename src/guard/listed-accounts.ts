import type { FindScope } from '../directory/find/find-store.ts';
import type { GuardContext } from './context.ts';
import { allOf } from './maybe-promise.ts';
import { mayDo, type Permission } from './permission.ts';
import { accountsWithin } from './visible-accounts.ts';

/** The accounts of a list. */
export type ListedAccounts = Required<Pick<FindScope, 'accountIds' | 'apart'>>;

/** Several permissions may be needed together. */
type PermissionsIn = (accountId: string) => readonly Permission[];

/** The accounts in which a caller could be allowed to list anything, and the number of all. */
export interface Reach {
  readonly within: readonly string[];
  readonly all: number;
}

/** Null: the operator, who may list everything. */
export async function reachOf(context: GuardContext): Promise<Reach | null> {
  const { caller, directory } = context;
  if (caller.kind === 'operator') return null;
  if (caller.kind !== 'principal') return { within: [], all: 0 };
  const [within, all] = await Promise.all([accountsWithin(context, caller.ref), directory.prisma.account.count()]);
  return { within: [...within], all };
}

/**
 * The accounts whose entities the caller may list; null: it may list none. This is decided before anything is read. `asked`:
 * only these; those that the caller may not list are left out like those that do not exist, and the list may be empty.
 */
export async function accountsListed(
  context: GuardContext,
  reach: Reach | null,
  permissionsIn: PermissionsIn,
  asked: readonly string[] | null,
): Promise<ListedAccounts | null> {
  if (reach === null) return { accountIds: asked, apart: false };
  const { within, all } = reach;
  const wanted = asked === null ? within : within.filter((id) => asked.includes(id));
  const accountIds = await allowedIn(context, wanted, permissionsIn);
  // Where it may list every account there are no others.
  return accountIds.length === 0 && asked === null ? null : { accountIds, apart: accountIds.length < all };
}

/** The accounts, of these, in which the caller has the permissions. */
export async function allowedIn(
  context: GuardContext,
  accountIds: readonly string[],
  permissionsIn: PermissionsIn,
): Promise<readonly string[]> {
  const verdicts = await allOf(
    accountIds.map((id) => allOf(permissionsIn(id).map((permission) => mayDo(context, permission)))),
  );
  return accountIds.filter((_id, index) => verdicts[index]?.every((allowed) => allowed) === true);
}
