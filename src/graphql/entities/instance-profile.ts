import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Role } from './role.ts';
import { ACCOUNT, ARN, NAME, PATH, TAGS } from './shared-fields.ts';

export const InstanceProfile = builder.prismaNode('InstanceProfile', {
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
    tags: t.field({
      ...TAGS,
      description: 'The tags, in the order of their keys. Needs iam:GetInstanceProfile or iam:ListInstanceProfileTags',
    }),
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

/** The instance profile that a mutation has changed; null: the caller may change it, but not read it. */
export async function readableProfile(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'InstanceProfile', arn)) ? brand({ arn }, 'InstanceProfile') : null;
}
