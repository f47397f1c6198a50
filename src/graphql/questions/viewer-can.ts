import type { Subject } from '../../access/question.ts';
import { ask } from '../../guard/ask.ts';
import { callerSubject } from '../../guard/permission.ts';
import { RolegateError } from '../../policy/errors.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Resource } from '../entities/resource.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { Decision } from './decision.ts';
import {
  ACTION_DESCRIPTION,
  ASSUME_KEYS_DESCRIPTION,
  ASSUMED_ROLE_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  toQuestion,
} from './question-input.ts';

/** The caller as the subject of a question. Throws FORBIDDEN for who is not a principal of IAM. */
export function viewerSubject({ caller }: GatewayContext, assumedRole: string | null): Subject {
  if (caller.kind === 'principal') return callerSubject(caller, assumedRole);
  const who = caller.kind === 'operator' ? 'the operator' : 'a checker';
  throw new RolegateError('FORBIDDEN', `${who} is not a principal of IAM: use \`can\` of a principal instead`);
}

builder.prismaObjectField(Resource, 'viewerCan', (t) =>
  t.field({
    type: Decision,
    nullable: true,
    description:
      'Whether the caller, in its assumed role if it has one, may do this on the resource. Batched like ' +
      `Principal.can. ${NULL_ANSWER}: FORBIDDEN for the operator and for checkers, who are not principals of IAM`,
    args: {
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
    },
    resolve: ({ arn, accountId }, { assumedRole = null, ...args }, context) => {
      const request = { ...args, resource: arn, resourceAccount: accountId };
      return ask(context, toQuestion(viewerSubject(context, assumedRole), request, ''));
    },
  }),
);
