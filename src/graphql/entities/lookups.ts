import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { newestSessionId, roleSessionValue } from '../sessions/role-session.ts';
import { Account } from './account.ts';
import { Principal, type PrincipalParent, principalValue } from './principal.ts';
import { Resource } from './resource.ts';

builder.queryField('account', (t) =>
  t.prismaField({
    type: Account,
    nullable: true,
    description:
      'An account; null if it does not exist, or is not the caller’s own and the caller may not read it ' +
      '(account:GetAccountInformation). Every principal of an account may read its id and its name',
    args: { accountId: t.arg({ type: 'AccountId', required: true, description: 'The account id' }) },
    resolve: (query, _root, { accountId }, { directory }) =>
      // as: the type of what is selected is too deep for the compiler to compare
      directory.prisma.account.findUnique({ ...(query as object), where: { id: accountId } }),
  }),
);

builder.queryField('resource', (t) =>
  t.prismaField({
    type: Resource,
    nullable: true,
    description:
      'A resource in the directory; null if it is not there, or the caller may not read it ' +
      '(config:GetResourceConfigHistory, or any action on it of access level List or Read). Questions about ' +
      'resources that are not in the directory are answered, too',
    args: { arn: t.arg({ type: 'Arn', required: true, description: 'ARN of the resource' }) },
    resolve: (query, _root, { arn }, { directory }) =>
      directory.prisma.resource.findUnique({ ...(query as object), where: { arn } }), // as: see above
  }),
);

builder.queryField('principal', (t) =>
  t.field({
    type: Principal,
    nullable: true,
    description:
      'A principal; null if it does not exist, or the caller may not read it (iam:GetUser, iam:GetRole). The ARN of ' +
      'a role session means the newest session with that ARN. A checker finds those that it may ask about',
    args: {
      principalId: t.arg({ type: 'PrincipalId', required: true, description: 'The principal, as requests name it' }),
    },
    resolve: (_root, { principalId }, context, info) => loadPrincipal(context, principalId, info),
  }),
);

/** Null: it does not exist. Root users, services and `anonymous` always exist. */
async function loadPrincipal(
  context: GatewayContext,
  ref: PrincipalRef,
  info: GraphQLResolveInfo,
): Promise<PrincipalParent | null> {
  const { prisma } = context.directory;
  switch (ref.kind) {
    case 'user': {
      const query = queryFromInfo({ context, info, typeName: 'User' });
      const row = await prisma.user.findUnique({ select: query.select ?? { arn: true }, where: { arn: ref.arn } });
      return row === null ? null : brand(row, 'User');
    }
    case 'role': {
      const query = queryFromInfo({ context, info, typeName: 'Role' });
      const row = await prisma.role.findUnique({ select: query.select ?? { arn: true }, where: { arn: ref.arn } });
      return row === null ? null : brand(row, 'Role');
    }
    case 'roleSession': {
      const id = await newestSessionId(context, ref.arn);
      return id === null ? null : roleSessionValue({ id, arn: ref.arn });
    }
    case 'root':
    case 'federatedUser':
    case 'service':
    case 'anonymous':
      return principalValue(ref);
    default:
      return ref satisfies never;
  }
}
