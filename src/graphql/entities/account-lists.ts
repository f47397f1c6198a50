import { builder } from '../builder.ts';
import * as given from '../find/find-arguments.ts';
import { pageInAccount } from '../find/found-page.ts';
import { Account } from './account.ts';
import { Group, GroupConnection } from './group.ts';
import { ManagedPolicy, ManagedPolicyConnection } from './managed-policy.ts';
import { Resource, ResourceConnection } from './resource.ts';
import { Role, RoleConnection } from './role.ts';
import { User, UserConnection } from './user.ts';

builder.prismaObjectField(Account, 'users', (t) =>
  t.connection(
    {
      type: User,
      nullable: true,
      description: 'Users of the account. Needs iam:ListUsers',
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        tag: t.arg(given.TAG),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: ({ id }, args, context) => pageInAccount(context, 'User', id, args),
    },
    UserConnection,
  ),
);

builder.prismaObjectField(Account, 'groups', (t) =>
  t.connection(
    {
      type: Group,
      nullable: true,
      description: 'Groups of the account. Needs iam:ListGroups',
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: ({ id }, args, context) => pageInAccount(context, 'Group', id, args),
    },
    GroupConnection,
  ),
);

builder.prismaObjectField(Account, 'roles', (t) =>
  t.connection(
    {
      type: Role,
      nullable: true,
      description: 'Roles of the account. Needs iam:ListRoles',
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        tag: t.arg(given.TAG),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: ({ id }, args, context) => pageInAccount(context, 'Role', id, args),
    },
    RoleConnection,
  ),
);

builder.prismaObjectField(Account, 'policies', (t) =>
  t.connection(
    {
      type: ManagedPolicy,
      nullable: true,
      description: 'Customer managed policies of the account. Needs iam:ListPolicies',
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        attachedTo: t.arg(given.ATTACHED_TO),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: ({ id }, args, context) => pageInAccount(context, 'ManagedPolicy', id, { ...args, scope: 'CUSTOMER' }),
    },
    ManagedPolicyConnection,
  ),
);

builder.prismaObjectField(Account, 'resources', (t) =>
  t.connection(
    {
      type: Resource,
      nullable: true,
      description: 'Resources of the account that are in the directory. Needs config:ListDiscoveredResources',
      args: {
        search: t.arg.string({ description: given.SEARCH_RESOURCES_DESCRIPTION }),
        services: t.arg.stringList({ description: given.SERVICES_DESCRIPTION }),
        hasPolicy: t.arg.boolean({ description: given.HAS_POLICY_DESCRIPTION }),
        tag: t.arg(given.TAG),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: ({ id }, args, context) => pageInAccount(context, 'Resource', id, args),
    },
    ResourceConnection,
  ),
);
