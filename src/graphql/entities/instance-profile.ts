import { builder } from '../builder.ts';
import { Role } from './role.ts';
import { ACCOUNT, ARN, NAME, PATH } from './shared-fields.ts';

const InstanceProfile = builder.prismaNode('InstanceProfile', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  description: 'An instance profile: it hands a role to the EC2 instances that have it',
  fields: (t) => ({
    arn: t.field(ARN),
    uniqueId: t.exposeString('id', { description: 'Unique id of the instance profile, AIPA…' }),
    name: t.string(NAME),
    path: t.string(PATH),
    account: t.field(ACCOUNT),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created, or first imported' }),
    role: t.relation('role', { type: Role, nullable: true, description: 'The role that it hands out; null: none' }),
  }),
});

builder.prismaObjectField(Role, 'instanceProfiles', (t) =>
  t.relation('instanceProfiles', {
    type: InstanceProfile,
    nullable: true,
    description:
      'Instance profiles that hand out the role, in the order of their ARNs. Needs iam:ListInstanceProfilesForRole on the role',
    query: { orderBy: { arn: 'asc' } },
  }),
);
