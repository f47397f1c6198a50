import { controlPolicyKey } from '../../guard/readable-organization.ts';
import { builder } from '../builder.ts';
import { tableConnection } from '../table-connection.ts';

// The nouns of organizations, with what guards read of each. Their fields, which name one another, are in files of their own.

const KEY = { id: true, managementAccountId: true } as const;

export const Organization = builder.prismaNode('Organization', {
  nullable: true,
  id: { field: 'id' },
  select: KEY,
  description:
    'An organization of AWS Organizations. Members may describe it (organizations:DescribeOrganization); principals of its ' +
    'management account and of its delegated administrators may read the rest, if their policies allow it',
  fields: (t) => ({
    organizationId: t.exposeString('id', { description: 'Id of the organization: o-…' }),
  }),
});

export const OrganizationRoot = builder.prismaNode('Organization', {
  variant: 'OrganizationRoot',
  nullable: true,
  id: { resolve: (row) => row.rootId },
  findUnique: (rootId) => ({ rootId }),
  select: { ...KEY, rootId: true },
  description: 'The root of an organization, above all its units and accounts',
  fields: (t) => ({
    rootId: t.exposeString('rootId', { description: 'Id of the root: r-…' }),
  }),
});

export const OrganizationalUnit = builder.prismaNode('OrganizationalUnit', {
  nullable: true,
  id: { field: 'id' },
  select: { id: true, organization: { select: KEY } },
  description: 'An organizational unit: a group of accounts of an organization, and of further units',
  fields: (t) => ({
    unitId: t.exposeString('id', { description: 'Id of the unit: ou-…' }),
  }),
});

export const ControlPolicy = builder.prismaNode('ControlPolicy', {
  nullable: true,
  id: { resolve: ({ organizationId, id }) => `${organizationId}/${id}` },
  findUnique: (id) => ({ organizationId_id: controlPolicyKey(id) }),
  select: { id: true, organizationId: true, arn: true, organization: { select: KEY } },
  description:
    'A service control policy or resource control policy: it limits what the principals, or the resources, of the accounts ' +
    'beneath its targets can be allowed',
  fields: (t) => ({
    policyId: t.exposeString('id', {
      description: 'Id of the policy: p-…. Those of AWS have the same id in every organization',
    }),
    arn: t.expose('arn', { type: 'Arn', description: 'ARN of the policy' }),
    name: t.exposeString('name', { description: 'Name of the policy' }),
  }),
});

export const OrganizationConnection = tableConnection('Organization', Organization, {
  page: 'A page of organizations',
  entry: 'An organization',
});

export const OrganizationalUnitConnection = tableConnection('OrganizationalUnit', OrganizationalUnit, {
  page: 'A page of organizational units',
  entry: 'An organizational unit',
});

export const ControlPolicyConnection = tableConnection('ControlPolicy', ControlPolicy, {
  page: 'A page of control policies',
  entry: 'A control policy',
});
