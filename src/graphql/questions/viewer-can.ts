import { ask } from '../../guard/ask.ts';
import { callerSubject } from '../../guard/permission.ts';
import { RolegateError } from '../../policy/errors.ts';
import { builder } from '../builder.ts';
import { Resource } from '../entities/resource.ts';
import { Decision } from './decision.ts';
import { ACTION_DESCRIPTION, ASSUME_KEYS_DESCRIPTION, CONTEXT_DESCRIPTION, toQuestion } from './question-input.ts';

builder.prismaObjectField(Resource, 'viewerCan', (t) =>
  t.field({
    type: Decision,
    nullable: true,
    description:
      'May the caller, in the role it has assumed if any, do this here? Batched like Principal.can. Null where this ' +
      'cannot be answered, with its error here: FORBIDDEN for the operator, who is no principal of IAM',
    args: {
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
    },
    resolve: ({ arn, accountId }, args, context) => {
      const { caller } = context;
      if (caller.kind !== 'principal') {
        throw new RolegateError('FORBIDDEN', 'the operator is no principal of IAM: ask `can` of a principal instead');
      }
      const request = { ...args, resource: arn, resourceAccount: accountId };
      return ask(context, toQuestion(callerSubject(caller), request, ''));
    },
  }),
);
