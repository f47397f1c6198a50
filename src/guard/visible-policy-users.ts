import type { FindFilter, FindKind, FindScope } from '../directory/find/find-store.ts';
import { splitArn } from '../policy/arn.ts';
import type { GuardContext } from './context.ts';
import { accountsListed, allowedIn, type ListedAccounts, reachOf } from './listed-accounts.ts';
import type { Permission } from './permission.ts';
import type { Visible } from './visible-entities.ts';

const ACTION = 'iam:ListEntitiesForPolicy';
const USERS: readonly FindKind[] = ['User', 'Group', 'Role'];

/**
 * The users, groups and roles that use a managed policy: those that iam:ListEntitiesForPolicy would list to the caller. A customer
 * managed policy is used in its own account alone; of AWS's own, each account shows its own entities.
 */
export async function visiblePolicyUsers(
  context: GuardContext,
  policyArn: string,
  filter: FindFilter,
): Promise<Visible> {
  const accounts = await accountsOf(context, policyArn);
  if (accounts === null) return { kind: 'refused', needs: ACTION };
  return { kind: 'allowed', selection: { scopes: USERS.map((kind): FindScope => ({ kind, ...accounts })), filter } };
}

async function accountsOf(context: GuardContext, policyArn: string): Promise<ListedAccounts | null> {
  const owner = splitArn(policyArn)[4] ?? '';
  const needed = (account: string | null): readonly Permission[] => [{ action: ACTION, resource: policyArn, account }];
  if (owner === 'aws') return accountsListed(context, await reachOf(context), needed, null);
  if (context.caller.kind === 'operator') return { accountIds: [owner], apart: false };
  const allowed = await allowedIn(context, [owner], () => needed(null));
  return allowed.length === 0 ? null : { accountIds: allowed, apart: true };
}
