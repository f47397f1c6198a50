import { createContextCache } from '@pothos/core';
import type { Subject } from '../../access/question.ts';
import { ask } from '../../guard/ask.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal, type PrincipalParent, refOf } from '../entities/principal.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { Decision } from './decision.ts';
import {
  ACTION_DESCRIPTION,
  ASSUME_KEYS_DESCRIPTION,
  ASSUMED_ROLE_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  RESOURCE_ACCOUNT_DESCRIPTION,
  RESOURCE_DESCRIPTION,
  toQuestion,
} from './question-input.ts';

builder.interfaceField(Principal, 'can', (t) =>
  t.field({
    type: Decision,
    nullable: true,
    description:
      'Whether the principal may do this. Batched: for a list of principals it needs the same few database queries ' +
      'as for one. ' +
      NULL_ANSWER,
    args: {
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      resource: t.arg({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
      resourceAccount: t.arg({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
    },
    resolve: (parent, args, context) =>
      ask(context, toQuestion(subjectOf(context, parent, args.assumedRole ?? null), args, '')),
  }),
);

/** By request: what a field has asked about last. */
const lastAsked = createContextCache(
  (_context: GatewayContext): { parent?: PrincipalParent; subject?: Subject } => ({}),
);

/** Fields of one principal ask one after the other: they share an object, and with it what is found out about the principal. */
function subjectOf(context: GatewayContext, parent: PrincipalParent, assumedRole: string | null): Subject {
  const last = lastAsked(context);
  if (last.subject?.assumedRole === assumedRole && last.parent === parent) return last.subject;
  const subject = { principal: refOf(parent), assumedRole, session: null };
  last.parent = parent;
  last.subject = subject;
  return subject;
}
