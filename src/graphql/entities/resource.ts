import { builder } from '../builder.ts';
import { tableConnection } from '../table-connection.ts';
import { ARN, TAGS } from './shared-fields.ts';

export const Resource = builder.prismaNode('Resource', {
  nullable: true,
  id: { field: 'arn' },
  select: { arn: true, accountId: true },
  description: 'A resource in the directory, with its owner, tags and resource-based policy',
  fields: (t) => ({
    arn: t.field(ARN),
    account: t.relation('account', { description: 'The account that owns the resource' }),
    service: t.exposeString('service', {
      description: 'Service of the resource, by the prefix of its actions: s3, sqs, kms …',
    }),
    policy: t.field({
      type: 'PolicyDocument',
      nullable: true,
      description:
        'The resource-based policy; null if there is none. Needs config:GetResourceConfigHistory, or the action of ' +
        'its service (s3:GetBucketPolicy …)',
      select: { policy: { select: { text: true } } },
      resolve: (row) => row.policy?.text ?? null,
    }),
    tags: t.field({ ...TAGS, description: `${TAGS.description}. Needs config:GetResourceConfigHistory` }),
  }),
});

export const ResourceConnection = tableConnection('Resource', Resource, {
  page: 'A page of resources',
  entry: 'A resource',
});
