import type { EscalationScope } from '../access/escalation/paths.ts';
import type { GuardContext } from './context.ts';
import { eachInTurns } from './each-in-turns.ts';
import { maySimulate } from './may-simulate.ts';
import { mayRead } from './readable.ts';
import { mayReadPolicy } from './readable-policy.ts';
import { accountsWithin } from './visible-accounts.ts';

/**
 * What a search for ways to more permissions may tell the caller of; null: everything. Each of its answers is made of decisions that
 * the caller could ask for one by one, and of groups and policies that it may read.
 */
export async function escalationScope(context: GuardContext): Promise<EscalationScope | null> {
  const { caller } = context;
  if (caller.kind === 'operator') return null;
  const accounts = caller.kind === 'principal' ? [...(await accountsWithin(context, caller.ref))] : [];
  return {
    accounts,
    principals: (refs) => eachInTurns(context, refs, (ref) => maySimulate(context, ref)),
    policies: (policies) => eachInTurns(context, policies, (policy) => mayReadPolicy(context, policy)),
    groups: (arns) => eachInTurns(context, arns, (arn) => mayRead(context, 'Group', arn)),
  };
}
