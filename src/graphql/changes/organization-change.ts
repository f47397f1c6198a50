import { builder } from '../builder.ts';
import { readableOrganization, readableUnit } from '../entities/readable-entities.ts';
import {
  ConstraintFailure,
  DeleteConflictFailure,
  EntityExistsFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { Organization, OrganizationalUnit } from '../organizations/types.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { changeMutation } from './entity-change.ts';

const CreateOrganizationSuccess = builder.objectRef<Changed>('CreateOrganizationSuccess').implement({
  description: 'The organization is there; in a dry run, it would be',
  fields: (t) => ({
    organization: t.field({
      type: Organization,
      nullable: true,
      description: 'The new organization; null in a dry run, or if the caller may not read it',
      resolve: (change, _args, context) => created(change, () => readableOrganization(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

export const OrganizationChangeSuccess = builder.objectRef<Changed>('OrganizationChangeSuccess').implement({
  description: 'The organization was changed; the change takes effect at the next request',
  fields: (t) => ({
    organization: t.field({
      type: Organization,
      nullable: true,
      description: 'The organization after the change, in a dry run before it; null if the caller may not read it',
      resolve: ({ arn }, _args, context) => readableOrganization(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteOrganizationSuccess = builder.objectRef<Changed>('DeleteOrganizationSuccess').implement({
  description: 'The organization is gone, and the account that managed it belongs to none; in a dry run, it would be',
  fields: (t) => ({
    deletedOrganizationId: t.string({ description: 'Id of the organization', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const CreateOrganizationalUnitSuccess = builder.objectRef<Changed>('CreateOrganizationalUnitSuccess').implement({
  description: 'The unit is there; in a dry run, it would be',
  fields: (t) => ({
    unit: t.field({
      type: OrganizationalUnit,
      nullable: true,
      description: 'The new unit; null in a dry run, or if the caller may not read it',
      resolve: (change, _args, context) => created(change, () => readableUnit(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const OrganizationalUnitChangeSuccess = builder.objectRef<Changed>('OrganizationalUnitChangeSuccess').implement({
  description: 'The unit was changed',
  fields: (t) => ({
    unit: t.field({
      type: OrganizationalUnit,
      nullable: true,
      description: 'The unit after the change, in a dry run before it; null if the caller may not read it',
      resolve: ({ arn }, _args, context) => readableUnit(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteOrganizationalUnitSuccess = builder.objectRef<Changed>('DeleteOrganizationalUnitSuccess').implement({
  description: 'The unit was deleted; in a dry run, it would be',
  fields: (t) => ({
    deletedUnitId: t.string({ description: 'Id of the unit', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const ORGANIZATION = 'Id of the organization: o-…';
const UNIT = 'Id of the unit: ou-…';
const NAME = 'Name of the unit: 1 to 128 characters, different from those of its siblings';

changeMutation('createOrganization', {
  description:
    'organizations:CreateOrganization: makes an organization of one account, which manages it. No type of control policies is enabled. ' +
    'Needs organizations:CreateOrganization in the account',
  input: builder.inputType('CreateOrganizationInput', {
    description: 'The parameters of organizations:CreateOrganization',
    fields: (t) => ({
      accountId: t.field({
        type: 'AccountId',
        required: true,
        description: 'The account that manages it. It belongs to no known organization',
      }),
    }),
  }),
  success: CreateOrganizationSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: ({ accountId }) => ({ managementAccountId: accountId }),
});

changeMutation('deleteOrganization', {
  description:
    'organizations:DeleteOrganization: deletes an organization of which only the management account is left. Needs ' +
    'organizations:DeleteOrganization in that account',
  input: builder.inputType('DeleteOrganizationInput', {
    description: 'The organization to delete',
    fields: (t) => ({ organizationId: t.string({ required: true, description: ORGANIZATION }) }),
  }),
  success: DeleteOrganizationSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('createOrganizationalUnit', {
  description:
    'organizations:CreateOrganizationalUnit: makes a unit under the root or in another unit. Units are nested in at most 5 levels, and an ' +
    'organization has at most 2,000. AWS’s own control policies of the enabled types are attached to it. Needs ' +
    'organizations:CreateOrganizationalUnit on the root or unit that it lies in',
  input: builder.inputType('CreateOrganizationalUnitInput', {
    description: 'The parameters of organizations:CreateOrganizationalUnit',
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      parentId: t.string({ required: true, description: 'The root or unit that it lies in: r-… or ou-…' }),
      name: t.string({ required: true, description: NAME }),
    }),
  }),
  success: CreateOrganizationalUnitSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ConstraintFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('updateOrganizationalUnit', {
  description:
    'organizations:UpdateOrganizationalUnit: gives a unit another name. Needs organizations:UpdateOrganizationalUnit on the unit',
  input: builder.inputType('UpdateOrganizationalUnitInput', {
    description: 'The parameters of organizations:UpdateOrganizationalUnit',
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      unitId: t.string({ required: true, description: UNIT }),
      name: t.string({ required: true, description: NAME }),
    }),
  }),
  success: OrganizationalUnitChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('deleteOrganizationalUnit', {
  description:
    'organizations:DeleteOrganizationalUnit: deletes a unit without accounts and units in it. Needs ' +
    'organizations:DeleteOrganizationalUnit on the unit',
  input: builder.inputType('DeleteOrganizationalUnitInput', {
    description: 'The parameters of organizations:DeleteOrganizationalUnit',
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      unitId: t.string({ required: true, description: UNIT }),
    }),
  }),
  success: DeleteOrganizationalUnitSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure, ValidationFailure],
  changeOf: (input) => input,
});

const administration = (name: string, operation: string) =>
  builder.inputType(name, {
    description: `The parameters of organizations:${operation}`,
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      accountId: t.field({ type: 'AccountId', required: true, description: 'A member account' }),
      servicePrincipal: t.string({
        required: true,
        description: 'The service that it administers: access-analyzer.amazonaws.com …',
      }),
    }),
  });

changeMutation('registerDelegatedAdministrator', {
  description:
    'organizations:RegisterDelegatedAdministrator: lets a member account administer a service for the organization, and read the ' +
    'organization. Needs organizations:RegisterDelegatedAdministrator on the account, with organizations:ServicePrincipal',
  input: administration('RegisterDelegatedAdministratorInput', 'RegisterDelegatedAdministrator'),
  success: OrganizationChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ConstraintFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('deregisterDelegatedAdministrator', {
  description:
    'organizations:DeregisterDelegatedAdministrator: a member account administers a service no longer. Needs ' +
    'organizations:DeregisterDelegatedAdministrator on the account, with organizations:ServicePrincipal',
  input: administration('DeregisterDelegatedAdministratorInput', 'DeregisterDelegatedAdministrator'),
  success: OrganizationChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});
