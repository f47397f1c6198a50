import { builder } from '../builder.ts';
import { tableConnection } from '../table-connection.ts';
import { ARN, TAGS } from './shared-fields.ts';

export const Resource = builder.prismaNode('Resource', {
  nullable: true,
  id: { field: 'arn' },
  select: { arn: true, accountId: true },
  description:
    'Something that requests are about, which the directory knows: its owner, tags and resource-based policy',
  fields: (t) => ({
    arn: t.field(ARN),
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
    tags: t.field({ ...TAGS, description: `${TAGS.description}. Needs config:GetResourceConfigHistory` }),
  }),
});

export const ResourceConnection = tableConnection('Resource', Resource, {
  page: 'Resources, a page at a time',
  entry: 'A resource',
});
