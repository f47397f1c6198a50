import { builder } from '../builder.ts';
import * as given from '../find/find-arguments.ts';
import { pageInGroup, pageOfPolicyUsers } from '../find/found-page.ts';
import { Group } from './group.ts';
import { IamIdentity, IamIdentityConnection } from './iam-identity.ts';
import { ManagedPolicy } from './managed-policy.ts';
import { User, UserConnection } from './user.ts';

const PolicyUsage = builder.enumType('PolicyUsage', {
  description: 'How a user, group or role uses a managed policy',
  values: {
    PERMISSIONS_POLICY: { description: 'The policy is attached to it' },
    PERMISSIONS_BOUNDARY: { description: 'The policy is its permissions boundary; groups have none' },
  } as const,
});

builder.prismaObjectField(ManagedPolicy, 'attachedTo', (t) =>
  t.connection(
    {
      type: IamIdentity,
      nullable: true,
      description:
        'The users, groups and roles that use the policy: those that iam:ListEntitiesForPolicy, which it needs on the policy, ' +
        'lists. Of a policy of AWS, those of the accounts in which the caller is allowed that; others are not counted',
      args: {
        usage: t.arg({ type: PolicyUsage, description: 'Only those that use it in this way. Left out: in any' }),
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: ({ arn }, { usage, ...args }, context) =>
        pageOfPolicyUsers(context, 'attachedTo', { arn, usage: usage ?? null }, args),
    },
    IamIdentityConnection,
  ),
);

builder.prismaObjectField(Group, 'users', (t) =>
  t.connection(
    {
      type: User,
      nullable: true,
      description: 'The users of the group. Needs iam:GetGroup on the group',
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: ({ arn }, args, context) => pageInGroup(context, arn, args),
    },
    UserConnection,
  ),
);
