import { builder } from '../builder.ts';
import { TABLE_PAGE } from '../page.ts';
import { Account } from './account.ts';
import { GroupConnection } from './group.ts';
import { ManagedPolicyConnection } from './managed-policy.ts';
import { ResourceConnection } from './resource.ts';
import { RoleConnection } from './role.ts';
import { UserConnection } from './user.ts';

builder.prismaObjectFields(Account, (t) => ({
  users: t.relatedConnection(
    'users',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description: 'Users of the account, in the order of their unique ids. Needs iam:ListUsers',
    },
    UserConnection,
  ),
  groups: t.relatedConnection(
    'groups',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description: 'Groups of the account, in the order of their unique ids. Needs iam:ListGroups',
    },
    GroupConnection,
  ),
  roles: t.relatedConnection(
    'roles',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description: 'Roles of the account, in the order of their unique ids. Needs iam:ListRoles',
    },
    RoleConnection,
  ),
  policies: t.relatedConnection(
    'policies',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description: 'Customer managed policies of the account, in the order of their unique ids. Needs iam:ListPolicies',
    },
    ManagedPolicyConnection,
  ),
  resources: t.relatedConnection(
    'resources',
    {
      ...TABLE_PAGE,
      cursor: 'arn',
      nullable: true,
      description:
        'Resources of the account that are in the directory, in the order of their ARNs. Needs ' +
        'config:ListDiscoveredResources',
    },
    ResourceConnection,
  ),
}));
