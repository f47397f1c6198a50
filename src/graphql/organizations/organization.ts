import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account, AccountConnection } from '../entities/account.ts';
import { knownAccount } from '../entities/known-account.ts';
import * as given from '../find/find-arguments.ts';
import { pageInOrganization } from '../find/found-page.ts';
import { TABLE_PAGE } from '../page.ts';
import { ControlPolicyType } from './control-policy.ts';
import { controlPolicyPage } from './control-policy-page.ts';
import {
  ControlPolicy,
  ControlPolicyConnection,
  Organization,
  OrganizationalUnitConnection,
  OrganizationRoot,
} from './types.ts';

const DelegatedAdministrator = builder.prismaObject('DelegatedAdministrator', {
  select: { organizationId: true, accountId: true, servicePrincipal: true },
  description: 'A member account that administers a service for its organization',
  fields: (t) => ({
    account: t.relation('account', { description: 'The account' }),
    servicePrincipal: t.exposeString('servicePrincipal', {
      description: 'The service that it administers: access-analyzer.amazonaws.com …',
    }),
  }),
});

builder.prismaObjectFields(Organization, (t) => ({
  managementAccountId: t.expose('managementAccountId', {
    type: 'AccountId',
    nullable: true,
    description: 'Id of the account that manages the organization. Needs organizations:DescribeOrganization',
  }),
  managementAccount: t.field({
    type: Account,
    nullable: true,
    description:
      'The account that manages the organization; null if the directory does not hold it. Needs ' +
      'organizations:DescribeOrganization',
    resolve: ({ managementAccountId }, _args, context) => knownAccount(context, managementAccountId),
  }),
  enabledPolicyTypes: t.field({
    type: [ControlPolicyType],
    nullable: true,
    description: 'Types of control policies that are enabled: others do not apply. Needs organizations:ListRoots',
    select: { scpEnabled: true, rcpEnabled: true },
    resolve: ({ scpEnabled, rcpEnabled }) => [
      ...(scpEnabled ? ['SERVICE_CONTROL_POLICY' as const] : []),
      ...(rcpEnabled ? ['RESOURCE_CONTROL_POLICY' as const] : []),
    ],
  }),
  roots: t.field({
    type: [OrganizationRoot],
    nullable: true,
    description: 'The roots of the organization: AWS makes one. Needs organizations:ListRoots',
    select: { rootId: true },
    resolve: ({ id, managementAccountId, rootId }) => [brand({ id, managementAccountId, rootId }, 'OrganizationRoot')],
  }),
}));

builder.prismaObjectFields(Organization, (t) => ({
  units: t.relatedConnection(
    'units',
    {
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description:
        'All units of the organization, in the order of their ids. Needs organizations:ListOrganizationalUnitsForParent ' +
        'on every unit',
    },
    OrganizationalUnitConnection,
  ),
  accounts: t.connection(
    {
      type: Account,
      nullable: true,
      args: {
        search: t.arg.string({ description: given.SEARCH_ACCOUNTS_DESCRIPTION }),
        orderBy: t.arg(given.orderBy('ID')),
      },
      description: 'All accounts of the organization. Needs organizations:ListAccounts',
      resolve: ({ id }, args, context) => pageInOrganization(context, id, undefined, args),
    },
    AccountConnection,
  ),
  controlPolicies: t.connection(
    {
      type: ControlPolicy,
      nullable: true,
      description: 'Control policies of the organization, in the order of their ids. Needs organizations:ListPolicies',
      args: { type: t.arg({ type: ControlPolicyType, description: 'Only policies of this type. Left out: of all' }) },
      resolve: ({ id }, args, context) => controlPolicyPage(context, id, args),
    },
    ControlPolicyConnection,
  ),
  delegatedAdministrators: t.relation('delegatedAdministrators', {
    type: DelegatedAdministrator,
    nullable: true,
    description:
      'Member accounts that administer a service, one entry for each account and service. Needs ' +
      'organizations:ListDelegatedAdministrators',
    query: { orderBy: [{ accountId: 'asc' }, { servicePrincipal: 'asc' }] },
  }),
}));
