import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { tableConnection } from '../table-connection.ts';
import { TagType, tagList } from './tag.ts';

export const ManagedPolicy = builder.prismaNode('ManagedPolicy', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { id: true, arn: true, defaultVersionId: true },
  description:
    'A standalone policy that can be attached to users, groups and roles: a customer managed or an AWS managed ' +
    'policy. Fields of a customer managed policy other than its ARN, name and path need iam:GetPolicy, its document ' +
    'iam:GetPolicyVersion',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', description: 'ARN of the policy', resolve: (row) => row.arn }),
    name: t.exposeString('name', { description: 'Name of the policy, without its path' }),
    path: t.exposeString('path', { description: 'Path of the policy; begins and ends with a slash' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the policy was created, or first imported',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description:
        'What it is for, as it was said when it was created; null: not said, or not known. Needs iam:GetPolicy',
    }),
    tags: t.field({
      type: [TagType],
      nullable: true,
      description: 'The tags, in the order of their keys. Needs iam:GetPolicy or iam:ListPolicyTags',
      select: { tags: true },
      resolve: ({ tags }) => tagList(tags),
    }),
    defaultVersionId: t.exposeString('defaultVersionId', {
      nullable: true,
      description: 'The default version, e.g. `v3`; null if the policy is attached, but its document is not known',
    }),
    document: t.loadable({
      type: 'PolicyDocument',
      nullable: true,
      description:
        'Document of the default version; null if it is not known. Decisions then leave the policy out and name it ' +
        'in `gaps`',
      load: async (keys: string[], context) => {
        const rows = await context.directory.prisma.policyVersion.findMany({
          where: { OR: keys.map(versionOf) },
          select: { policyId: true, versionId: true, document: { select: { text: true } } },
        });
        const texts = new Map<string, string>(
          rows.map((row) => [`${row.policyId} ${row.versionId}`, row.document.text]),
        );
        return keys.map((key) => texts.get(key) ?? null);
      },
      resolve: (row) => (row.defaultVersionId === null ? null : `${row.id} ${row.defaultVersionId}`),
    }),
  }),
});

export const ManagedPolicyConnection = tableConnection('ManagedPolicy', ManagedPolicy, {
  page: 'A page of managed policies',
  entry: 'A managed policy',
});

/** The policy that a mutation has changed; null: the caller may change it, but not read it. */
export async function readablePolicy(
  context: GatewayContext,
  arn: string,
): Promise<{ id: string; arn: string; defaultVersionId: string | null } | null> {
  if (!(await mayRead(context, 'ManagedPolicy', arn))) return null;
  const select = { id: true, arn: true, defaultVersionId: true };
  const row = await context.directory.prisma.managedPolicy.findUnique({ where: { arn }, select });
  return row === null ? null : brand(row, 'ManagedPolicy');
}

function versionOf(key: string): { policyId: string; versionId: string } {
  const [policyId = '', versionId = ''] = key.split(' ');
  return { policyId, versionId };
}

export const InlinePolicy = builder.prismaObject('InlinePolicy', {
  select: { id: true },
  description: 'A policy embedded in one user, group or role',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the policy, unique within its user, group or role' }),
    document: t.field({
      type: 'PolicyDocument',
      nullable: true,
      // The holder: whether the caller may read the policy is decided on it.
      select: {
        document: { select: { text: true } },
        user: { select: { arn: true } },
        group: { select: { arn: true } },
        role: { select: { arn: true } },
      },
      description:
        'The policy document. Needs iam:GetUserPolicy, iam:GetGroupPolicy or iam:GetRolePolicy on its user, group or ' +
        'role',
      resolve: (row) => row.document.text,
    }),
  }),
});
