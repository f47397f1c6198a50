import type { AuditFilter } from '../directory/stores/audit-store.ts';
import type { GuardContext } from './context.ts';
import { allOf } from './maybe-promise.ts';
import { mayDo } from './permission.ts';
import type { Refused } from './ruling.ts';
import { accountsWithin } from './visible-accounts.ts';

/** The action with which AWS shows the events of an account. */
const ACTION = 'cloudtrail:LookupEvents';

/** The part of the audit trail that the caller may look up. */
export type VisibleEvents = Refused | { readonly kind: 'allowed'; readonly filter: AuditFilter };

/**
 * `filter`, limited to what the caller may see: the events of accounts on which it is allowed cloudtrail:LookupEvents. This
 * is decided for each account before the events are looked up, so that a page needs one statement, and counts include only
 * visible events. `accountId`: only events of this account. Refused if nothing is left, whether the account exists or not.
 */
export async function visibleEvents(
  context: GuardContext,
  filter: AuditFilter,
  accountId: string | null,
): Promise<VisibleEvents> {
  const { caller } = context;
  if (caller.kind === 'operator') {
    return { kind: 'allowed', filter: accountId === null ? filter : { ...filter, accountIds: [accountId] } };
  }
  const within = caller.kind === 'principal' ? await accountsWithin(context, caller.ref) : new Set<string>();
  const asked = accountId === null ? [...within] : [accountId].filter((id) => within.has(id));
  const allowed = await allOf(asked.map((account) => mayDo(context, { action: ACTION, resource: '*', account })));
  const accountIds = asked.filter((_account, index) => allowed[index] === true);
  if (accountIds.length > 0) return { kind: 'allowed', filter: { ...filter, accountIds } };
  return { kind: 'refused', needs: ACTION };
}
