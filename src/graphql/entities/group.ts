import { builder } from '../builder.ts';
import { InlinePolicy, ManagedPolicy } from './managed-policy.ts';

export const Group = builder.prismaNode('Group', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  description:
    'A collection of users of one account, who hold its policies beside their own. It can make no request itself. ' +
    'What is more than its ARN, name, path and account takes iam:GetGroup, iam:ListAttachedGroupPolicies or iam:ListGroupPolicies on it',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', description: 'Its ARN', resolve: (row) => row.arn }),
    name: t.exposeString('name', { description: 'Its name, without its path' }),
    path: t.exposeString('path', { description: 'Begins and ends with a slash' }),
    account: t.relation('account', { description: 'The account it belongs to' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made, or first imported' }),
    attachedPolicies: t.field({
      type: [ManagedPolicy],
      description: 'The managed policies attached to it',
      select: (_args, _context, nested) => ({ attachments: { select: { policy: nested(true) } } }),
      resolve: (row) => row.attachments.map((attachment) => attachment.policy),
    }),
    inlinePolicies: t.relation('inlinePolicies', {
      type: InlinePolicy,
      description: 'The policies that are part of it',
      query: { orderBy: { name: 'asc' } },
    }),
  }),
});
