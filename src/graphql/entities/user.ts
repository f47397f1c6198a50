import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Account } from './account.ts';
import { accountIn, nameIn, pathIn } from './arn-parts.ts';
import { Group } from './group.ts';
import { InlinePolicy, ManagedPolicy } from './managed-policy.ts';
import { Principal } from './principal.ts';
import { TagType, tagList } from './tag.ts';

export const User = builder.prismaNode('User', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  interfaces: [Principal],
  description:
    'An IAM user: somebody, or something, with permissions of its own and long-term credentials. What is more than its ARN, name, ' +
    'path and account takes iam:GetUser (`uniqueId` and `createdAt` also iam:ListUsers), iam:ListGroupsForUser, ' +
    'iam:ListAttachedUserPolicies or iam:ListUserPolicies on it',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', description: 'Its ARN', resolve: (row) => row.arn }),
    uniqueId: t.exposeString('id', {
      description: 'AIDA…. It outlives renaming, and another of the same name, made later, has another',
    }),
    name: t.string({ description: 'Its name, without its path', resolve: (row) => nameIn(row.arn) }),
    path: t.string({ description: 'Begins and ends with a slash', resolve: (row) => pathIn(row.arn) }),
    account: t.field({
      type: Account,
      description: 'The account it belongs to',
      resolve: (row) => accountIn(row.arn),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made, or first imported' }),
    groups: t.field({
      type: [Group],
      description: 'The groups that it is a member of',
      select: (_args, _context, nested) => ({ memberships: { select: { group: nested(true) } } }),
      resolve: (row) => row.memberships.map((membership) => membership.group),
    }),
    attachedPolicies: t.field({
      type: [ManagedPolicy],
      description: 'The managed policies attached to it; those of its groups count as well and stand at the groups',
      select: (_args, _context, nested) => ({ attachments: { select: { policy: nested(true) } } }),
      resolve: (row) => row.attachments.map((attachment) => attachment.policy),
    }),
    inlinePolicies: t.relation('inlinePolicies', {
      type: InlinePolicy,
      description: 'The policies that are part of it',
      query: { orderBy: { name: 'asc' } },
    }),
    permissionsBoundary: t.relation('boundary', {
      type: ManagedPolicy,
      nullable: true,
      description: 'The policy that bounds what its identity policies can allow; null: unbounded',
    }),
    tags: t.field({
      type: [TagType],
      description: 'Its tags, in the order of their keys',
      select: { tags: true },
      resolve: (row) => tagList(row.tags),
    }),
  }),
});

/** A user that is known to exist, as a value of the schema; all but its ARN is loaded when it is asked for. */
export function userValue(arn: string): { arn: string } {
  return brand({ arn }, 'User');
}

/** The user that a mutation has changed; null: its caller may change it, but not read it. */
export async function readableUser(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'User', arn)) ? userValue(arn) : null;
}
