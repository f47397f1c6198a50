import { builder } from '../builder.ts';
import { Account, AccountConnection } from '../entities/account.ts';
import { Group, GroupConnection } from '../entities/group.ts';
import { ManagedPolicy, ManagedPolicyConnection } from '../entities/managed-policy.ts';
import { Principal } from '../entities/principal.ts';
import { Resource, ResourceConnection } from '../entities/resource.ts';
import { Role, RoleConnection } from '../entities/role.ts';
import { User, UserConnection } from '../entities/user.ts';
import { tableConnection } from '../table-connection.ts';
import * as given from './find-arguments.ts';
import { foundPage, pageOfAccounts } from './found-page.ts';

const PrincipalConnection = tableConnection('Principal', Principal, {
  page: 'A page of principals',
  entry: 'A principal',
});

const OTHERS = 'Entities of other accounts are left out, and not counted';

builder.queryField('accounts', (t) =>
  t.connection(
    {
      type: Account,
      nullable: true,
      description:
        'Accounts of the directory: the caller’s own, and those in which it is allowed account:GetAccountInformation. ' +
        'Others are left out, and not counted',
      args: {
        search: t.arg.string({ description: given.SEARCH_ACCOUNTS_DESCRIPTION }),
        organizationId: t.arg.string({
          description:
            'Only accounts of this organization (o-…), which are allowed account:GetAccountInformation in each, the ' +
            'caller’s own included',
        }),
        orderBy: t.arg(given.orderBy('ID')),
      },
      resolve: (_root, args, context) => pageOfAccounts(context, args),
    },
    AccountConnection,
  ),
);

builder.queryField('principals', (t) =>
  t.connection(
    {
      type: Principal,
      nullable: true,
      description: `Users and roles of the accounts in which the caller is allowed iam:ListUsers or iam:ListRoles. ${OTHERS}`,
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        kinds: t.arg({ type: [given.PrincipalKind], description: 'Only principals of these kinds. Left out: all' }),
        accountIds: t.arg(given.ACCOUNT_IDS),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        tag: t.arg(given.TAG),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: (_root, args, context) => foundPage(context, 'principals', kindsOf(args.kinds), args),
    },
    PrincipalConnection,
  ),
);

builder.queryField('users', (t) =>
  t.connection(
    {
      type: User,
      nullable: true,
      description: `Users of the accounts in which the caller is allowed iam:ListUsers. ${OTHERS}`,
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        accountIds: t.arg(given.ACCOUNT_IDS),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        tag: t.arg(given.TAG),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: (_root, args, context) => foundPage(context, 'users', ['User'], args),
    },
    UserConnection,
  ),
);

builder.queryField('roles', (t) =>
  t.connection(
    {
      type: Role,
      nullable: true,
      description: `Roles of the accounts in which the caller is allowed iam:ListRoles. ${OTHERS}`,
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        accountIds: t.arg(given.ACCOUNT_IDS),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        tag: t.arg(given.TAG),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: (_root, args, context) => foundPage(context, 'roles', ['Role'], args),
    },
    RoleConnection,
  ),
);

builder.queryField('groups', (t) =>
  t.connection(
    {
      type: Group,
      nullable: true,
      description: `Groups of the accounts in which the caller is allowed iam:ListGroups. ${OTHERS}`,
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        accountIds: t.arg(given.ACCOUNT_IDS),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: (_root, args, context) => foundPage(context, 'groups', ['Group'], args),
    },
    GroupConnection,
  ),
);

builder.queryField('policies', (t) =>
  t.connection(
    {
      type: ManagedPolicy,
      nullable: true,
      description:
        'Managed policies of the accounts in which the caller is allowed iam:ListPolicies: their own, and AWS managed ' +
        `policies that are attached, or a boundary, in one of them. ${OTHERS}`,
      args: {
        search: t.arg.string({ description: given.SEARCH_DESCRIPTION }),
        scope: t.arg({
          type: given.PolicyScope,
          description: 'Only policies made by AWS, or by customers. Left out: all',
        }),
        attachedTo: t.arg(given.ATTACHED_TO),
        accountIds: t.arg(given.ACCOUNT_IDS),
        path: t.arg.string({ description: given.PATH_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: (_root, args, context) => foundPage(context, 'policies', ['ManagedPolicy'], args),
    },
    ManagedPolicyConnection,
  ),
);

builder.queryField('resources', (t) =>
  t.connection(
    {
      type: Resource,
      nullable: true,
      description:
        'Resources of the directory, of the accounts in which the caller is allowed config:ListDiscoveredResources. ' +
        OTHERS,
      args: {
        search: t.arg.string({ description: given.SEARCH_RESOURCES_DESCRIPTION }),
        services: t.arg.stringList({ description: given.SERVICES_DESCRIPTION }),
        accountIds: t.arg(given.ACCOUNT_IDS),
        hasPolicy: t.arg.boolean({ description: given.HAS_POLICY_DESCRIPTION }),
        tag: t.arg(given.TAG),
        orderBy: t.arg(given.orderBy('ARN')),
      },
      resolve: (_root, args, context) => foundPage(context, 'resources', ['Resource'], args),
    },
    ResourceConnection,
  ),
);

const KINDS = { USER: 'User', ROLE: 'Role' } as const;
type Kind = keyof typeof KINDS;

function kindsOf(kinds: readonly Kind[] | null | undefined): readonly ('Role' | 'User')[] {
  return [...new Set<Kind>(kinds ?? ['USER', 'ROLE'])].map((kind) => KINDS[kind]);
}
