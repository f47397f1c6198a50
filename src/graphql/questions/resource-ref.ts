import { ask } from '../../guard/ask.ts';
import { builder } from '../builder.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { Decision } from './decision.ts';
import {
  ACTION_DESCRIPTION,
  ASSUMED_ROLE_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  checkBatchSize,
  RESOURCE_ACCOUNT_DESCRIPTION,
  toQuestion,
} from './question-input.ts';
import { viewerSubject } from './viewer-can.ts';

const ResourceRef = builder.objectRef<{ readonly arn: string }>('ResourceRef').implement({
  description:
    'A resource that is named, whether or not the directory holds it. It is no Node: nothing of it is stored',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', description: 'ARN, as it was given', resolve: ({ arn }) => arn }),
    viewerCan: t.field({
      type: Decision,
      nullable: true,
      description:
        'Whether the caller, in its assumed role if it has one, may do this on the resource. Batched like ' +
        `Principal.can. ${NULL_ANSWER}: FORBIDDEN for the operator and for checkers, who are not principals of IAM`,
      args: {
        action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
        resourceAccount: t.arg({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
        context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
        assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
      },
      resolve: ({ arn }, { assumedRole = null, ...args }, context) =>
        ask(context, toQuestion(viewerSubject(context, assumedRole), { ...args, resource: arn }, '')),
    }),
  }),
});

builder.queryField('resourceRefs', (t) =>
  t.field({
    type: [ResourceRef],
    nullable: true,
    description:
      'Names resources that need not be in the directory, so that `viewerCan` can be asked on a list of one’s own. Nothing is looked ' +
      'up. In the order of `arns`; BAD_USER_INPUT with the place of the first that is not an ARN',
    args: { arns: t.arg({ type: ['Arn'], required: true, description: 'ARNs of the resources, at most 10,000' }) },
    resolve: (_root, { arns }) => {
      checkBatchSize(arns.length, 'arns');
      return arns.map((arn) => ({ arn }));
    },
  }),
);
