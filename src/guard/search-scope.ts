import type { WhoCanScope } from '../access/who-can-answer.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { mayAskAbout } from './ask.ts';
import { isItsAction, notItsAction } from './checker.ts';
import type { GuardContext } from './context.ts';
import { eachInTurns } from './each-in-turns.ts';
import { behindVeils } from './veils.ts';
import { accountsWithin } from './visible-accounts.ts';

/**
 * The principals that a search for those who may do one of `actions` may include; null: all. `conditional`: whether it also finds
 * those that may do it under conditions, which are parts of statements. Throws FORBIDDEN for what a checker may not search for;
 * whether it may search at all says `maySearch`. `given`: the condition keys of the question.
 */
export async function searchScope(
  context: GuardContext,
  {
    actions,
    conditional,
    given,
  }: { readonly actions: readonly string[]; readonly conditional: boolean; readonly given: RequestContext },
): Promise<WhoCanScope | null> {
  const { caller } = context;
  switch (caller.kind) {
    case 'operator':
      return null;
    case 'principal':
      return {
        ...askable(context, [...(await accountsWithin(context, caller.ref))]),
        itself: principalIdOf(caller.ref),
        behind: (questions, decide) => behindVeils(context, given, questions, decide),
      };
    case 'checker': {
      const beyond = actions.findIndex((action) => !isItsAction(caller, action));
      if (beyond !== -1)
        throw notItsAction(actions[beyond] ?? '', actions.length === 1 ? 'action' : `actions[${beyond}]`);
      if (conditional) throw noConditions();
      const { accountIds } = caller.checker;
      if (caller.maker.kind === 'operator') return accountIds === null ? null : askable(context, accountIds);
      const within = await accountsWithin(context, caller.maker.ref);
      return askable(context, accountIds?.filter((id) => within.has(id)) ?? []);
    }
    case 'anonymous':
      return askable(context, []);
    default:
      return caller satisfies never;
  }
}

function askable(context: GuardContext, accounts: readonly string[]): WhoCanScope {
  return {
    accounts: accounts.toSorted(),
    visible: (principals) => eachInTurns(context, principals, (principal) => mayAskAbout(context, principal)),
  };
}

function noConditions(): RolegateError {
  const message = 'a checker gets nothing of statements, so that it cannot ask who may do this under conditions';
  return new RolegateError('FORBIDDEN', message, { field: 'conditional' });
}
