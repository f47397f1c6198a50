import type { Answer } from '../../access/question.ts';
import type { WhoCanScope } from '../../access/who-can.ts';
import { mayAskAbout } from '../../guard/ask.ts';
import { accountsWithin } from '../../guard/visible-accounts.ts';
import type { PrincipalCaller } from '../../session/caller.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal } from '../entities/principal.ts';
import { inTurn } from '../in-turn.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { offsetConnection, offsetOf, toPage } from '../offset-connection.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { principalOf } from '../sessions/role-session.ts';
import { Decision } from './decision.ts';
import {
  ACTION_DESCRIPTION,
  ASSUME_KEYS_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  RESOURCE_ACCOUNT_DESCRIPTION,
  RESOURCE_DESCRIPTION,
  toOpenQuestion,
} from './question-input.ts';

const PrincipalAccess = builder.objectRef<Answer>('PrincipalAccess').implement({
  description: 'A principal that may do what was asked',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description: 'The principal. A role means a session of it whose name is not known',
      resolve: ({ question }) => principalOf(question.subject),
    }),
    decision: t.field({ type: Decision, description: 'The decision, with its reasons', resolve: (answer) => answer }),
  }),
});

const PrincipalAccessConnection = offsetConnection('PrincipalAccess', PrincipalAccess, {
  page: 'A page of principals that may do what was asked: users before roles, each in the order of their ARNs',
  entry: 'A principal that may do what was asked',
});

/** The principals that the caller may ask about. */
async function askableScope(context: GatewayContext, caller: PrincipalCaller): Promise<WhoCanScope> {
  return {
    accounts: [...(await accountsWithin(context, caller.ref))].sort(),
    visible: (principals) => Promise.all(principals.map((principal) => mayAskAbout(context, principal))),
  };
}

builder.queryField('whoCan', (t) =>
  t.field({
    type: PrincipalAccessConnection,
    nullable: true,
    description:
      'Every user and role that may do this as itself, without assuming a role for it, among those that the caller ' +
      `may ask about, itself included (iam:SimulatePrincipalPolicy). Others are not counted. ${NULL_ANSWER}`,
    args: {
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      resource: t.arg({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
      resourceAccount: t.arg({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, args, context) => {
      const page = offsetOf(args);
      const { access, caller, now } = context;
      const scope = caller.kind === 'principal' ? await askableScope(context, caller) : null;
      const question = toOpenQuestion(args, '');
      const { answers, total } = await inTurn(context, () => access.whoCan(question, { ...page, scope }, now));
      return toPage(answers, page.offset, total);
    },
  }),
);
