import { builder } from '../builder.ts';
import { readableControlPolicy } from '../entities/readable-entities.ts';
import {
  ConstraintFailure,
  DeleteConflictFailure,
  EntityExistsFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { ControlPolicyType } from '../organizations/control-policy.ts';
import { ControlPolicy } from '../organizations/types.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { changeMutation } from './entity-change.ts';
import { OrganizationChangeSuccess } from './organization-change.ts';
import { said } from './said.ts';

const CreateControlPolicySuccess = builder.objectRef<Changed>('CreateControlPolicySuccess').implement({
  description: 'The control policy is there, attached to nothing; in a dry run, it would be',
  fields: (t) => ({
    controlPolicy: t.field({
      type: ControlPolicy,
      nullable: true,
      description: 'The new policy; null in a dry run, or if the caller may not read it (organizations:DescribePolicy)',
      resolve: (change, _args, context) => created(change, () => readableControlPolicy(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const ControlPolicyChangeSuccess = builder.objectRef<Changed>('ControlPolicyChangeSuccess').implement({
  description:
    'The control policy, or what it is attached to, was changed; the change takes effect at the next request',
  fields: (t) => ({
    controlPolicy: t.field({
      type: ControlPolicy,
      nullable: true,
      description:
        'The policy after the change, in a dry run before it; null if the caller may not read it (organizations:DescribePolicy)',
      resolve: ({ arn }, _args, context) => readableControlPolicy(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteControlPolicySuccess = builder.objectRef<Changed>('DeleteControlPolicySuccess').implement({
  description: 'The control policy was deleted; in a dry run, it would be',
  fields: (t) => ({
    deletedPolicyId: t.string({
      description: 'Id of the policy: p-…',
      resolve: ({ arn }) => arn.slice(arn.indexOf('/') + 1),
    }),
    ...changedFields(t),
  }),
});

const ORGANIZATION = 'Id of the organization: o-…';
const POLICY = 'Id of the policy: p-…';
const NAME = 'Name of the policy: 1 to 128 characters, different from those of the others of the organization';
const DESCRIPTION = 'Description of the policy, at most 512 characters';
const DOCUMENT =
  'A service control policy of at most 10,240 characters, or a resource control policy of at most 5,120. Every character counts';
const TYPE_KEY = 'with organizations:PolicyType';

changeMutation('createControlPolicy', {
  description:
    'organizations:CreatePolicy: makes a service control policy or a resource control policy. An organization has at most 10,000 of ' +
    `the former and 2,000 of the latter. Needs organizations:CreatePolicy on policies of the type, ${TYPE_KEY}`,
  input: builder.inputType('CreateControlPolicyInput', {
    description: 'The parameters of organizations:CreatePolicy',
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      type: t.field({
        type: ControlPolicyType,
        required: true,
        description: 'Whether it limits principals or resources',
      }),
      name: t.string({ required: true, description: NAME }),
      description: t.string({ description: `${DESCRIPTION}. Left out: none` }),
      policyDocument: t.field({ type: 'PolicyDocument', required: true, description: DOCUMENT }),
    }),
  }),
  success: CreateControlPolicySuccess,
  failures: [
    NoSuchEntityFailure,
    EntityExistsFailure,
    ConstraintFailure,
    ValidationFailure,
    MalformedPolicyFailure,
    LimitFailure,
  ],
  changeOf: ({ policyDocument, ...rest }) => ({ ...said(rest), policyDocument: policyDocument.text }),
});

changeMutation('updateControlPolicy', {
  description: `organizations:UpdatePolicy: changes a control policy. Needs organizations:UpdatePolicy on the policy, ${TYPE_KEY}`,
  input: builder.inputType('UpdateControlPolicyInput', {
    description: 'The parameters of organizations:UpdatePolicy. What is left out stays',
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      policyId: t.string({ required: true, description: POLICY }),
      name: t.string({ description: NAME }),
      description: t.string({ description: DESCRIPTION }),
      policyDocument: t.field({ type: 'PolicyDocument', description: DOCUMENT }),
    }),
  }),
  success: ControlPolicyChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: ({ policyDocument, ...rest }) =>
    policyDocument == null ? said(rest) : { ...said(rest), policyDocument: policyDocument.text },
});

changeMutation('deleteControlPolicy', {
  description:
    'organizations:DeletePolicy: deletes a control policy that is attached to nothing. Needs organizations:DeletePolicy on the policy, ' +
    TYPE_KEY,
  input: builder.inputType('DeleteControlPolicyInput', {
    description: 'The parameters of organizations:DeletePolicy',
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      policyId: t.string({ required: true, description: POLICY }),
    }),
  }),
  success: DeleteControlPolicySuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure, ValidationFailure],
  changeOf: (input) => input,
});

const attachment = (name: string, operation: string) =>
  builder.inputType(name, {
    description: `The parameters of organizations:${operation}`,
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      policyId: t.string({ required: true, description: POLICY }),
      targetId: t.string({ required: true, description: 'The root, unit or account: r-…, ou-… or an account id' }),
    }),
  });

changeMutation('attachControlPolicy', {
  description:
    'organizations:AttachPolicy: attaches a control policy to the root, a unit or an account, which can have 10 service control policies ' +
    `and 5 resource control policies. Needs organizations:AttachPolicy on the policy and on the target, ${TYPE_KEY}`,
  input: attachment('AttachControlPolicyInput', 'AttachPolicy'),
  success: ControlPolicyChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ConstraintFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('detachControlPolicy', {
  description:
    'organizations:DetachPolicy: detaches a control policy. The last service control policy of a target, and RCPFullAWSAccess, stay. ' +
    `Needs organizations:DetachPolicy on the policy and on the target, ${TYPE_KEY}`,
  input: attachment('DetachControlPolicyInput', 'DetachPolicy'),
  success: ControlPolicyChangeSuccess,
  failures: [NoSuchEntityFailure, ConstraintFailure, ValidationFailure],
  changeOf: (input) => input,
});

const typeInput = (name: string, operation: string) =>
  builder.inputType(name, {
    description: `The parameters of organizations:${operation}`,
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      type: t.field({ type: ControlPolicyType, required: true, description: 'The type of control policies' }),
    }),
  });

changeMutation('enablePolicyType', {
  description:
    'organizations:EnablePolicyType: control policies of the type apply from now on. AWS’s own, which allow everything, are attached to ' +
    `the root, to all units and to all accounts. Needs organizations:EnablePolicyType on the root, ${TYPE_KEY}`,
  input: typeInput('EnablePolicyTypeInput', 'EnablePolicyType'),
  success: OrganizationChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('disablePolicyType', {
  description:
    'organizations:DisablePolicyType: control policies of the type apply no longer, and are detached from everything. Needs ' +
    `organizations:DisablePolicyType on the root, ${TYPE_KEY}`,
  input: typeInput('DisablePolicyTypeInput', 'DisablePolicyType'),
  success: OrganizationChangeSuccess,
  failures: [NoSuchEntityFailure, ConstraintFailure, ValidationFailure],
  changeOf: (input) => input,
});
