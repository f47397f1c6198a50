import type { WhoCanScope } from '../access/who-can.ts';
import { mayAskAbout } from './ask.ts';
import type { GuardContext } from './context.ts';
import { accountsWithin } from './visible-accounts.ts';

/** The principals that the caller may ask about, for a search; null: all, for the operator. Nobody without credentials gets here. */
export async function askableScope(context: GuardContext): Promise<WhoCanScope | null> {
  const { caller } = context;
  if (caller.kind === 'operator') return null;
  return {
    accounts: caller.kind === 'principal' ? [...(await accountsWithin(context, caller.ref))].sort() : [],
    visible: (principals) => Promise.all(principals.map((principal) => mayAskAbout(context, principal))),
  };
}
