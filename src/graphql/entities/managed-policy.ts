import { builder } from '../builder.ts';
import { tableConnection } from '../table-connection.ts';

export const ManagedPolicy = builder.prismaNode('ManagedPolicy', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { id: true, arn: true, defaultVersionId: true },
  description:
    'A policy that stands by itself and is attached to users, groups and roles: one of the customer, or one of AWS. ' +
    'Of a customer’s, what is more than its ARN, name and path takes iam:GetPolicy, and its document iam:GetPolicyVersion',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', description: 'Its ARN', resolve: (row) => row.arn }),
    name: t.exposeString('name', { description: 'Its name, without its path' }),
    path: t.exposeString('path', { description: 'Begins and ends with a slash' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was made, or first imported',
    }),
    defaultVersionId: t.exposeString('defaultVersionId', {
      nullable: true,
      description: 'The version in force, e.g. `v3`; null when the policy is attached but its document is not known',
    }),
    document: t.loadable({
      type: 'PolicyDocument',
      nullable: true,
      description:
        'The version in force; null when it is not known, and decisions then leave the policy out and say so',
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
  page: 'Managed policies, a page at a time',
  entry: 'A managed policy',
});

function versionOf(key: string): { policyId: string; versionId: string } {
  const [policyId = '', versionId = ''] = key.split(' ');
  return { policyId, versionId };
}

export const InlinePolicy = builder.prismaObject('InlinePolicy', {
  select: { id: true },
  description: 'A policy that is part of one user, group or role',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique within the user, group or role' }),
    document: t.field({
      type: 'PolicyDocument',
      nullable: true,
      // The holders: reading it is decided on them.
      select: {
        document: { select: { text: true } },
        user: { select: { arn: true } },
        group: { select: { arn: true } },
        role: { select: { arn: true } },
      },
      description:
        'What it says. Needs iam:GetUserPolicy, iam:GetGroupPolicy or iam:GetRolePolicy on what it is part of',
      resolve: (row) => row.document.text,
    }),
  }),
});
