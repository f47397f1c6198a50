import { builder } from '../builder.ts';
import { Account, AccountConnection } from '../entities/account.ts';
import * as given from '../find/find-arguments.ts';
import { pageInOrganization } from '../find/found-page.ts';
import { TABLE_PAGE } from '../page.ts';
import { CONTROL_POLICIES, policiesAttachedTo } from './control-policy.ts';
import { Organization, OrganizationalUnit, OrganizationalUnitConnection, OrganizationRoot } from './types.ts';

builder.prismaObjectFields(OrganizationRoot, (t) => ({
  name: t.exposeString('rootName', {
    nullable: true,
    description: 'Name of the root. Needs organizations:ListRoots',
  }),
  units: t.relatedConnection(
    'units',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description: 'The units directly under the root. Needs organizations:ListOrganizationalUnitsForParent on it',
      query: { where: { parentId: null } },
    },
    OrganizationalUnitConnection,
  ),
  accounts: t.connection(
    {
      type: Account,
      nullable: true,
      description: 'The accounts directly under the root. Needs organizations:ListAccountsForParent on it',
      args: {
        search: t.arg.string({ description: given.SEARCH_ACCOUNTS_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: ({ id }, args, context) => pageInOrganization(context, id, null, args),
    },
    AccountConnection,
  ),
  controlPolicies: t.field({
    ...CONTROL_POLICIES,
    resolve: ({ rootId }, _args, context) => policiesAttachedTo(context, rootId),
  }),
}));

builder.prismaObjectFields(OrganizationalUnit, (t) => ({
  name: t.exposeString('name', {
    nullable: true,
    description:
      'Name of the unit. Needs organizations:DescribeOrganizationalUnit on it, or ' +
      'organizations:ListOrganizationalUnitsForParent on every unit',
  }),
  organization: t.field({
    type: Organization,
    description: 'The organization that the unit belongs to',
    resolve: ({ organization }) => organization,
  }),
  parent: t.relation('parent', {
    type: OrganizationalUnit,
    nullable: true,
    description:
      'The unit that it lies in; null: it is directly under the root. Needs organizations:ListParents on it, or ' +
      'organizations:ListOrganizationalUnitsForParent on every unit',
  }),
  units: t.relatedConnection(
    'children',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description: 'The units directly in it. Needs organizations:ListOrganizationalUnitsForParent on it',
    },
    OrganizationalUnitConnection,
  ),
  accounts: t.connection(
    {
      type: Account,
      nullable: true,
      description: 'The accounts directly in it. Needs organizations:ListAccountsForParent on it',
      args: {
        search: t.arg.string({ description: given.SEARCH_ACCOUNTS_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: ({ id, organization }, args, context) => pageInOrganization(context, organization.id, id, args),
    },
    AccountConnection,
  ),
  controlPolicies: t.field({
    ...CONTROL_POLICIES,
    resolve: ({ id }, _args, context) => policiesAttachedTo(context, id),
  }),
}));
