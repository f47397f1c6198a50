import { builder } from '../builder.ts';

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
  }),
});
