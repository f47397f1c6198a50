import { builder } from '../builder.ts';
import { countField } from '../count-field.ts';
import { TABLE_PAGE } from '../page.ts';

export const Account = builder.prismaNode('Account', {
  nullable: true,
  id: { field: 'id' },
  select: { id: true },
  description: 'An AWS account: it owns users, groups, roles, policies and resources',
  fields: (t) => ({
    accountId: t.field({ type: 'AccountId', description: 'Its number', resolve: (row) => row.id }),
    name: t.exposeString('name', {
      nullable: true,
      description:
        'What people call it; null when nobody said. Of another account than one’s own it takes account:GetAccountInformation',
    }),
    organizationId: t.exposeString('organizationId', {
      nullable: true,
      description:
        'The organization it is a member of (o-…); null: in none, or not known to be in one. Needs account:GetAccountInformation',
    }),
    users: t.relatedConnection(
      'users',
      { ...TABLE_PAGE, cursor: 'id', description: 'Its users, in the order of their unique ids. Needs iam:ListUsers' },
      { description: 'Users of an account, a page at a time', fields: countField },
      { description: 'A user of an account' },
    ),
    groups: t.relatedConnection(
      'groups',
      {
        ...TABLE_PAGE,
        cursor: 'id',
        description: 'Its groups, in the order of their unique ids. Needs iam:ListGroups',
      },
      { description: 'Groups of an account, a page at a time', fields: countField },
      { description: 'A group of an account' },
    ),
    roles: t.relatedConnection(
      'roles',
      { ...TABLE_PAGE, cursor: 'id', description: 'Its roles, in the order of their unique ids. Needs iam:ListRoles' },
      { description: 'Roles of an account, a page at a time', fields: countField },
      { description: 'A role of an account' },
    ),
    policies: t.relatedConnection(
      'policies',
      {
        ...TABLE_PAGE,
        cursor: 'id',
        description: 'Its customer managed policies, in the order of their unique ids. Needs iam:ListPolicies',
      },
      { description: 'Customer managed policies of an account, a page at a time', fields: countField },
      { description: 'A customer managed policy of an account' },
    ),
    resources: t.relatedConnection(
      'resources',
      {
        ...TABLE_PAGE,
        cursor: 'arn',
        description:
          'Its resources that the directory knows, in the order of their ARNs. Needs config:ListDiscoveredResources',
      },
      { description: 'Resources of an account, a page at a time', fields: countField },
      { description: 'A resource of an account' },
    ),
  }),
});
