import { ask } from '../../guard/ask.ts';
import { builder } from '../builder.ts';
import { Principal, refOf } from '../entities/principal.ts';
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
    resolve: (parent, { assumedRole = null, ...args }, context) =>
      ask(context, toQuestion({ principal: refOf(parent), assumedRole, session: null }, args, '')),
  }),
);
