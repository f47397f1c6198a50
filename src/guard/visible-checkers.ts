import type { CheckerFilter } from '../directory/stores/checker-store.ts';
import { idAsMaker } from './checker-attempts.ts';
import type { GuardContext } from './context.ts';
import { allowedIn, reachOf } from './listed-accounts.ts';

const ACTION = 'rolegate:ListCheckers';

/**
 * The checkers that the caller may list: those of its own user or role, and those of which it is allowed rolegate:ListCheckers in
 * each account of their scope. Null: all. Decided before they are looked up, so that counts include only these.
 */
export async function visibleCheckers(context: GuardContext): Promise<CheckerFilter | null> {
  const reach = await reachOf(context);
  if (reach === null) return null;
  const [accountIds, makerId] = await Promise.all([
    allowedIn(context, reach.within, (account) => [{ action: ACTION, resource: '*', account }]),
    idAsMaker(context),
  ]);
  return { accountIds, makerId };
}
