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
import { CHANGED_REVISION, type Changed, changeMutation, POLICY_NAME } from './entity-change.ts';

const RoleChangeSuccess = builder.objectRef<Changed>('RoleChangeSuccess').implement({
  description: 'The role is as was asked; it counts at the next request of its sessions',
  fields: (t) => ({
    role: t.field({
      type: Role,
      nullable: true,
      description: 'The role as it is now; null where the caller may change it, but not read it (iam:GetRole)',
      resolve: ({ arn }, _args, context) => readableRole(context, arn),
    }),
    revision: t.field({ type: 'Revision', description: CHANGED_REVISION, resolve: ({ revision }) => revision }),
  }),
});

const DeleteRoleSuccess = builder.objectRef<Changed>('DeleteRoleSuccess').implement({
  description: 'The role is gone, and its sessions have ended',
  fields: (t) => ({
    deletedRoleArn: t.field({ type: 'Arn', description: 'The role that was deleted', resolve: ({ arn }) => arn }),
    revision: t.field({ type: 'Revision', description: CHANGED_REVISION, resolve: ({ revision }) => revision }),
  }),
});

const ROLE = 'The role';

changeMutation('deleteRole', {
  description:
    'iam:DeleteRole. Its sessions end at once. Policies that name it go on meaning this role, not another of its name. Needs ' +
    'iam:DeleteRole; with `withDependents` also iam:DeleteRolePolicy and iam:DetachRolePolicy on it, and ' +
    'iam:RemoveRoleFromInstanceProfile on its instance profiles',
  input: builder.inputType('DeleteRoleInput', {
    description: 'Which role is to be deleted',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      withDependents: t.boolean({
        description:
          'Whether its policies and its places in instance profiles go with it, as in AWS’s console. Left out: no, and ' +
          'DeleteConflict while there are any',
      }),
    }),
  }),
  success: DeleteRoleSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure, UnmodifiableFailure],
  changeOf: ({ roleArn, withDependents }) => ({ roleArn, withDependents: withDependents === true }),
});

changeMutation('putRolePolicy', {
  description:
    'iam:PutRolePolicy: writes an inline policy of a role, new or in the place of the one of that name. All of a role’s have ' +
    'at most 10,240 characters, blanks not counted. Needs iam:PutRolePolicy on the role',
  input: builder.inputType('PutRolePolicyInput', {
    description: 'An inline policy of a role',
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
    description: 'Which inline policy of which role',
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
    'iam:AttachRolePolicy: attaches a managed policy to a role, which can have 10. Needs iam:AttachRolePolicy on the role, ' +
    'with iam:PolicyARN',
  input: builder.inputType('AttachRolePolicyInput', {
    description: 'Which policy to which role',
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
    'iam:DetachRolePolicy: takes a managed policy from a role. Needs iam:DetachRolePolicy on the role, with iam:PolicyARN',
  input: builder.inputType('DetachRolePolicyInput', {
    description: 'Which policy from which role',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: ROLE }),
      policyArn: t.field({ type: 'Arn', required: true, description: 'A managed policy that is attached to it' }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('updateAssumeRolePolicy', {
  description:
    'iam:UpdateAssumeRolePolicy: a new trust policy for a role. Live sessions go on. Needs iam:UpdateAssumeRolePolicy on the ' +
    'role',
  input: builder.inputType('UpdateAssumeRolePolicyInput', {
    description: 'Who may assume which role',
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
    'iam:PutRolePermissionsBoundary: bounds what a role’s identity policies can allow. Needs iam:PutRolePermissionsBoundary on ' +
    'the role, with iam:PermissionsBoundary',
  input: builder.inputType('PutRolePermissionsBoundaryInput', {
    description: 'Which bound for which role',
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
    'iam:DeleteRolePermissionsBoundary: from now on the role is unbounded. Needs iam:DeleteRolePermissionsBoundary on the role',
  input: builder.inputType('DeleteRolePermissionsBoundaryInput', {
    description: 'Which role is to be unbounded',
    fields: (t) => ({ roleArn: t.field({ type: 'Arn', required: true, description: ROLE }) }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});
