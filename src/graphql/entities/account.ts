import { builder } from '../builder.ts';
import { tableConnection } from '../table-connection.ts';

export const Account = builder.prismaNode('Account', {
  nullable: true,
  id: { field: 'id' },
  select: { id: true },
  description: 'An AWS account, which owns users, groups, roles, policies and resources',
  fields: (t) => ({
    accountId: t.field({ type: 'AccountId', description: 'The account id', resolve: (row) => row.id }),
    name: t.exposeString('name', {
      nullable: true,
      description:
        'Name of the account; null if not known. For an account other than the caller’s own it needs ' +
        'account:GetAccountInformation',
    }),
    alias: t.exposeString('alias', {
      nullable: true,
      description: 'The alias of the account; null: none, or not known. Needs iam:ListAccountAliases in the account',
    }),
    organizationId: t.exposeString('organizationId', {
      nullable: true,
      description:
        'The organization of the account (o-…); null: none, or none known. Needs account:GetAccountInformation',
    }),
  }),
});

export const AccountConnection = tableConnection('Account', Account, {
  page: 'A page of accounts',
  entry: 'An account',
});
