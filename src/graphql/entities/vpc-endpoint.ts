import { builder } from '../builder.ts';
import { TABLE_PAGE } from '../page.ts';
import { tableConnection } from '../table-connection.ts';
import { Account } from './account.ts';
import { ARN } from './shared-fields.ts';
import { TagType, tagList } from './tag.ts';

export const VpcEndpoint = builder.prismaNode('VpcEndpoint', {
  nullable: true,
  id: { field: 'id' },
  select: { id: true, arn: true },
  description:
    'A VPC endpoint, through which a VPC reaches a service. Its policy limits everybody who uses it. Whoever may read that it ' +
    'is there (ec2:DescribeVpcEndpoints in its account) may read all of it',
  fields: (t) => ({
    endpointId: t.exposeString('id', { description: 'Id of the endpoint: vpce-…' }),
    arn: t.field(ARN),
    account: t.relation('account', { description: 'The account that owns the endpoint' }),
    region: t.exposeString('region', { description: 'The Region that it is in' }),
    vpcId: t.exposeString('vpcId', { nullable: true, description: 'The VPC that it is in: vpc-…; null: not known' }),
    serviceName: t.exposeString('serviceName', {
      description: 'The service that it leads to: com.amazonaws.us-east-1.s3 …',
    }),
    type: t.exposeString('type', { description: 'Type of the endpoint: Gateway, Interface …' }),
    policy: t.field({
      type: 'PolicyDocument',
      nullable: true,
      description: 'The policy of the endpoint; null: none, so that it lets everything through',
      select: { policy: { select: { text: true } } },
      resolve: ({ policy }) => policy?.text ?? null,
    }),
    tags: t.field({
      type: [TagType],
      description: 'The tags, in the order of their keys',
      select: { tags: true },
      resolve: ({ tags }) => tagList(tags),
    }),
  }),
});

const VpcEndpointConnection = tableConnection('VpcEndpoint', VpcEndpoint, {
  page: 'A page of VPC endpoints',
  entry: 'A VPC endpoint',
});

builder.prismaObjectField(Account, 'vpcEndpoints', (t) =>
  t.relatedConnection(
    'vpcEndpoints',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description: 'VPC endpoints of the account, in the order of their ids. Needs ec2:DescribeVpcEndpoints',
    },
    VpcEndpointConnection,
  ),
);
