import { builder } from '../builder.ts';
import { Role, readableRole } from '../entities/role.ts';
import {
  DeleteConflictFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  NotAttachableFailure,
  UnmodifiableFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields } from './changed-fields.ts';
import { changeMutation, deletedParts, POLICY_NAME } from './entity-change.ts';

export const RoleChangeSuccess = builder.objectRef<Changed>('RoleChangeSuccess').implement({
  description: 'The role was changed; the change takes effect at the next request of its sessions',
  fields: (t) => ({
    role: t.field({
      type: Role,
      nullable: true,
      description:
        'The role after the change, in a dry run before it; null if the caller may not read it (iam:GetRole)',
      resolve: ({ arn }, _args, context) => readableRole(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteRoleSuccess = builder.objectRef<Changed>('DeleteRoleSuccess').implement({
  description: 'The role was deleted, and its sessions have ended; in a dry run, they would be',
  fields: (t) => ({
    deletedRoleArn: t.field({ type: 'Arn', description: 'ARN of the deleted role', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const ROLE = 'The role';

changeMutation('deleteRole', {
  description:
    'iam:DeleteRole. Sessions of the role end at once. Policies that name it still mean this role, not a later one ' +
    'of the same name. Needs iam:DeleteRole; with `withDependents` also iam:DeleteRolePolicy and ' +
    'iam:DetachRolePolicy on it, and iam:RemoveRoleFromInstanceProfile on its instance profiles',
  input: builder.inputType('DeleteRoleInput', {
    description: 'The parameters of iam:DeleteRole',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      withDependents: t.boolean({
        description:
          'Whether to also delete or detach its policies and to remove it from instance profiles, as AWS’s console ' +
          'does. Left out: no, and DeleteConflict if there are any',
      }),
    }),
  }),
  success: DeleteRoleSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure, UnmodifiableFailure],
  changeOf: ({ roleArn, withDependents }, context) => ({
    roleArn,
    withDependents: withDependents === true,
    ...deletedParts(context, roleArn),
  }),
});

changeMutation('putRolePolicy', {
  description:
    'iam:PutRolePolicy: adds an inline policy to a role, or replaces the one with the same name. All inline policies ' +
    'of a role together have at most 10,240 characters, not counting whitespace. Needs iam:PutRolePolicy on the role',
  input: builder.inputType('PutRolePolicyInput', {
    description: 'The parameters of iam:PutRolePolicy',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      policyName: t.string({ required: true, description: POLICY_NAME }),
      policyDocument: t.field({ type: 'PolicyDocument', required: true, description: 'An identity policy' }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure, UnmodifiableFailure],
  changeOf: ({ policyDocument, ...rest }) => ({ ...rest, policyDocument: policyDocument.text }),
});

changeMutation('deleteRolePolicy', {
  description: 'iam:DeleteRolePolicy: removes an inline policy of a role. Needs iam:DeleteRolePolicy on the role',
  input: builder.inputType('DeleteRolePolicyInput', {
    description: 'The parameters of iam:DeleteRolePolicy',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      policyName: t.string({ required: true, description: 'Name of the inline policy' }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('attachRolePolicy', {
  description:
    'iam:AttachRolePolicy: attaches a managed policy to a role, which can have 25. Needs iam:AttachRolePolicy on the ' +
    'role, with iam:PolicyARN',
  input: builder.inputType('AttachRolePolicyInput', {
    description: 'The parameters of iam:AttachRolePolicy',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      policyArn: t.field({
        type: 'Arn',
        required: true,
        description: 'A managed policy of the role’s account or of AWS',
      }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, LimitFailure, NotAttachableFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('detachRolePolicy', {
  description:
    'iam:DetachRolePolicy: detaches a managed policy from a role. Needs iam:DetachRolePolicy on the role, with ' +
    'iam:PolicyARN',
  input: builder.inputType('DetachRolePolicyInput', {
    description: 'The parameters of iam:DetachRolePolicy',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      policyArn: t.field({ type: 'Arn', required: true, description: 'A managed policy attached to the role' }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('updateAssumeRolePolicy', {
  description:
    'iam:UpdateAssumeRolePolicy: replaces the trust policy of a role. Live sessions continue. Needs ' +
    'iam:UpdateAssumeRolePolicy on the role',
  input: builder.inputType('UpdateAssumeRolePolicyInput', {
    description: 'The parameters of iam:UpdateAssumeRolePolicy',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      policyDocument: t.field({ type: 'PolicyDocument', required: true, description: 'A trust policy' }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure, UnmodifiableFailure],
  changeOf: ({ roleArn, policyDocument }) => ({ roleArn, policyDocument: policyDocument.text }),
});

changeMutation('putRolePermissionsBoundary', {
  description:
    'iam:PutRolePermissionsBoundary: sets the permissions boundary of a role. Needs iam:PutRolePermissionsBoundary ' +
    'on the role, with iam:PermissionsBoundary',
  input: builder.inputType('PutRolePermissionsBoundaryInput', {
    description: 'The parameters of iam:PutRolePermissionsBoundary',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      permissionsBoundary: t.field({
        type: 'Arn',
        required: true,
        description: 'A managed policy of the role’s account or of AWS',
      }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('deleteRolePermissionsBoundary', {
  description:
    'iam:DeleteRolePermissionsBoundary: removes the permissions boundary of a role. Needs ' +
    'iam:DeleteRolePermissionsBoundary on the role',
  input: builder.inputType('DeleteRolePermissionsBoundaryInput', {
    description: 'The parameters of iam:DeleteRolePermissionsBoundary',
    fields: (t) => ({ roleArn: t.field({ type: 'Arn', required: true, description: ROLE }) }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});
