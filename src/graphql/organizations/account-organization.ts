import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { CONTROL_POLICIES, policiesAttachedTo } from './control-policy.ts';
import { Organization, OrganizationalUnit } from './types.ts';

builder.prismaObjectFields(Account, (t) => ({
  organization: t.relation('organization', {
    type: Organization,
    nullable: true,
    description: 'The organization of the account; null: none, or none known. Needs account:GetAccountInformation',
  }),
  unit: t.relation('unit', {
    type: OrganizationalUnit,
    nullable: true,
    description:
      'The organizational unit that the account lies in; null: it is directly under the root, or in no organization that ' +
      'is known. Needs organizations:ListParents on the account',
  }),
  controlPolicies: t.field({
    ...CONTROL_POLICIES,
    resolve: ({ id }, _args, context) => policiesAttachedTo(context, id),
  }),
}));
