import { visibleOrganizations } from '../../guard/readable-organization.ts';
import { builder } from '../builder.ts';
import { forbidden } from '../guards/forbidden.ts';
import { TABLE_PAGE } from '../page.ts';
import { organizationIdOf } from './organization-id.ts';
import { Organization, OrganizationConnection } from './types.ts';

builder.queryField('organizations', (t) =>
  t.prismaConnection(
    {
      type: Organization,
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description:
        'Organizations of the directory, in the order of their ids: the one of the caller’s account, if it is allowed ' +
        'organizations:DescribeOrganization, and all for the operator. Others are not counted',
      totalCount: async (_root, _args, context) => {
        const listed = await visibleOrganizations(context);
        return listed.kind === 'refused' ? 0 : context.directory.prisma.organization.count(within(listed.ids));
      },
      resolve: async (query, _root, _args, context) => {
        const listed = await visibleOrganizations(context);
        if (listed.kind === 'refused') throw forbidden('organizations', listed);
        // as: the type of what is selected is too deep for the compiler to compare
        return context.directory.prisma.organization.findMany({ ...(query as object), ...within(listed.ids) });
      },
    },
    OrganizationConnection,
  ),
);

function within(ids: readonly string[] | null) {
  return ids === null ? {} : { where: { id: { in: [...ids] } } };
}

builder.queryField('organization', (t) =>
  t.prismaField({
    type: Organization,
    nullable: true,
    description:
      'An organization; null if it does not exist, or the caller’s account is none of its accounts or is not allowed ' +
      'organizations:DescribeOrganization',
    args: { id: t.arg.id({ required: true, description: 'Id of the organization (o-…), or the `id` of its node' }) },
    resolve: (query, _root, { id }, { directory }) =>
      // as: see above
      directory.prisma.organization.findUnique({ ...(query as object), where: { id: organizationIdOf(id) } }),
  }),
);
