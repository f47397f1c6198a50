import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Account } from './account.ts';
import { accountIn, nameIn, pathIn } from './arn-parts.ts';
import { InlinePolicy, ManagedPolicy } from './managed-policy.ts';
import { Principal } from './principal.ts';
import { TagType, tagList } from './tag.ts';

export const Role = builder.prismaNode('Role', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  interfaces: [Principal],
  description:
    'A set of permissions that belongs to nobody: whoever its trust policy and their own permissions let assume it gives up ' +
    'the own permissions and holds the role’s. As a principal it means a session of the role whose name is not known. What is more than its ARN, name, ' +
    'path and account takes iam:GetRole (all but tags and boundary also iam:ListRoles), iam:ListAttachedRolePolicies or ' +
    'iam:ListRolePolicies on it',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', description: 'Its ARN', resolve: (row) => row.arn }),
    uniqueId: t.exposeString('id', {
      description: 'AROA…. It outlives renaming, and another of the same name, made later, has another',
    }),
    name: t.string({ description: 'Its name, without its path', resolve: (row) => nameIn(row.arn) }),
    path: t.string({ description: 'Begins and ends with a slash', resolve: (row) => pathIn(row.arn) }),
    account: t.field({
      type: Account,
      description: 'The account it belongs to',
      resolve: (row) => accountIn(row.arn),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made, or first imported' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is for; null when nobody said',
    }),
    trustPolicy: t.field({
      type: 'PolicyDocument',
      description: 'Who may assume it',
      select: { trustPolicy: { select: { text: true } } },
      resolve: (row) => row.trustPolicy.text,
    }),
    maxSessionDuration: t.exposeInt('maxSessionDuration', {
      description: 'Longest time a session of it can be asked to last, in seconds: 3,600 to 43,200',
    }),
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

/** A role that is known to exist, as a value of the schema; all but its ARN is loaded when it is asked for. */
export function roleValue(arn: string): { arn: string } {
  return brand({ arn }, 'Role');
}

/** The role that a mutation has changed; null: its caller may change it, but not read it. */
export async function readableRole(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'Role', arn)) ? roleValue(arn) : null;
}
