import { builder } from '../builder.ts';
import { TagType, tagList } from './tag.ts';

export const Resource = builder.prismaNode('Resource', {
  nullable: true,
  id: { field: 'arn' },
  select: { arn: true, accountId: true },
  description:
    'Something that requests are about, which the directory knows: its owner, tags and resource-based policy',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', description: 'Its ARN', resolve: (row) => row.arn }),
    account: t.relation('account', { description: 'The account that owns it' }),
    service: t.exposeString('service', { description: 'The service it is of, as its actions begin: s3, sqs, kms …' }),
    policy: t.field({
      type: 'PolicyDocument',
      nullable: true,
      description:
        'Its resource-based policy; null when it has none. Needs config:GetResourceConfigHistory, or what its service ' +
        'asks for it (s3:GetBucketPolicy …)',
      select: { policy: { select: { text: true } } },
      resolve: (row) => row.policy?.text ?? null,
    }),
    tags: t.field({
      type: [TagType],
      description: 'Its tags, in the order of their keys. Needs config:GetResourceConfigHistory',
      select: { tags: true },
      resolve: (row) => tagList(row.tags),
    }),
  }),
});
