import { builder } from '../builder.ts';
import { ManagedPolicy } from './managed-policy.ts';

const PolicyVersion = builder.prismaObject('PolicyVersion', {
  select: { versionId: true, policy: { select: { arn: true, defaultVersionId: true } } },
  description: 'A version of a managed policy. Only the default version has an effect',
  fields: (t) => ({
    versionId: t.exposeString('versionId', { description: 'Id of the version: v1, v2 …' }),
    isDefault: t.boolean({
      description: 'Whether it is the default version',
      resolve: ({ versionId, policy }) => versionId === policy.defaultVersionId,
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the version was created, or first imported',
    }),
    document: t.field({
      type: 'PolicyDocument',
      nullable: true,
      description:
        'Document of the version. Needs iam:GetPolicyVersion on the policy; everybody may read policies of AWS',
      select: { document: { select: { text: true } } },
      resolve: ({ document }) => document.text,
    }),
  }),
});

builder.prismaObjectField(ManagedPolicy, 'versions', (t) =>
  t.relation('versions', {
    type: PolicyVersion,
    nullable: true,
    description:
      'Versions of the policy that are in the directory, newest first. Needs iam:ListPolicyVersions on the policy',
    query: { orderBy: [{ createdAt: 'desc' }, { versionId: 'desc' }] },
  }),
);
