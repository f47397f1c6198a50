import type { PreviewScope } from '../access/previews/previewed.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { mayAskAbout, subjectAsKnown } from './ask.ts';
import type { GuardContext } from './context.ts';
import { eachInTurns } from './each-in-turns.ts';
import { mayReadPolicy } from './readable-policy.ts';
import { asFarAsKnown } from './veils.ts';

const NO_CONTEXT: RequestContext = new Map();

/**
 * What the caller may be told of changes that are tried: of principals that it may ask about, as far as it may know their policies,
 * and of policies that it may read. Its rights are those that it has, not those that the changes would give it. Null: everything.
 */
export function previewScope(context: GuardContext): PreviewScope | null {
  if (context.caller.kind === 'operator') return null;
  return {
    visible: (principals) => eachInTurns(context, principals, (principal) => mayAskAbout(context, principal)),
    readable: (policies) => eachInTurns(context, policies, (policy) => mayReadPolicy(context, policy)),
    known: (subject) => subjectAsKnown(context, subject),
    behind: (subject, work) => asFarAsKnown(context, subject, NO_CONTEXT, (_access, veil) => work(veil)),
  };
}
