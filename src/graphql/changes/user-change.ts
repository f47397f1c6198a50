import { builder } from '../builder.ts';
import { readableUser, User } from '../entities/user.ts';
import {
  DeleteConflictFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  NotAttachableFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields } from './changed-fields.ts';
import { changeMutation, deletedParts, POLICY_NAME } from './entity-change.ts';

export const UserChangeSuccess = builder.objectRef<Changed>('UserChangeSuccess').implement({
  description: 'The user was changed; the change takes effect at its next request',
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description:
        'The user after the change, in a dry run before it; null if the caller may not read it (iam:GetUser)',
      resolve: ({ arn }, _args, context) => readableUser(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteUserSuccess = builder.objectRef<Changed>('DeleteUserSuccess').implement({
  description: 'The user was deleted, and its credentials no longer work; in a dry run, it would be',
  fields: (t) => ({
    deletedUserArn: t.field({ type: 'Arn', description: 'ARN of the deleted user', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const USER = 'The user';

changeMutation('deleteUser', {
  description:
    'iam:DeleteUser. Role sessions that the user has made continue; all its other credentials stop working. Policies ' +
    'that name it still mean this user, not a later one of the same name. Needs iam:DeleteUser; with ' +
    '`withDependents` also iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteUserPolicy and ' +
    'iam:DetachUserPolicy on it, and iam:RemoveUserFromGroup on its groups',
  input: builder.inputType('DeleteUserInput', {
    description: 'The parameters of iam:DeleteUser',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      withDependents: t.boolean({
        description:
          'Whether to also remove its access keys, MFA devices, policies and memberships, as AWS’s console does. ' +
          'Left out: no, and DeleteConflict if there are any',
      }),
    }),
  }),
  success: DeleteUserSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure],
  changeOf: ({ userArn, withDependents }, context) => ({
    userArn,
    withDependents: withDependents === true,
    ...deletedParts(context, userArn),
  }),
});

changeMutation('putUserPolicy', {
  description:
    'iam:PutUserPolicy: adds an inline policy to a user, or replaces the one with the same name. All inline policies ' +
    'of a user together have at most 2,048 characters, not counting whitespace. Needs iam:PutUserPolicy on the user',
  input: builder.inputType('PutUserPolicyInput', {
    description: 'The parameters of iam:PutUserPolicy',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      policyName: t.string({ required: true, description: POLICY_NAME }),
      policyDocument: t.field({ type: 'PolicyDocument', required: true, description: 'An identity policy' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: ({ policyDocument, ...rest }) => ({ ...rest, policyDocument: policyDocument.text }),
});

changeMutation('deleteUserPolicy', {
  description: 'iam:DeleteUserPolicy: removes an inline policy of a user. Needs iam:DeleteUserPolicy on the user',
  input: builder.inputType('DeleteUserPolicyInput', {
    description: 'The parameters of iam:DeleteUserPolicy',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      policyName: t.string({ required: true, description: 'Name of the inline policy' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});

changeMutation('attachUserPolicy', {
  description:
    'iam:AttachUserPolicy: attaches a managed policy to a user, which can have 20. Needs iam:AttachUserPolicy on the ' +
    'user, with iam:PolicyARN',
  input: builder.inputType('AttachUserPolicyInput', {
    description: 'The parameters of iam:AttachUserPolicy',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      policyArn: t.field({
        type: 'Arn',
        required: true,
        description: 'A managed policy of the user’s account or of AWS',
      }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure, LimitFailure, NotAttachableFailure],
  changeOf: (input) => input,
});

changeMutation('detachUserPolicy', {
  description:
    'iam:DetachUserPolicy: detaches a managed policy from a user. Needs iam:DetachUserPolicy on the user, with ' +
    'iam:PolicyARN',
  input: builder.inputType('DetachUserPolicyInput', {
    description: 'The parameters of iam:DetachUserPolicy',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      policyArn: t.field({ type: 'Arn', required: true, description: 'A managed policy attached to the user' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});

changeMutation('putUserPermissionsBoundary', {
  description:
    'iam:PutUserPermissionsBoundary: sets the permissions boundary of a user. Needs iam:PutUserPermissionsBoundary ' +
    'on the user, with iam:PermissionsBoundary',
  input: builder.inputType('PutUserPermissionsBoundaryInput', {
    description: 'The parameters of iam:PutUserPermissionsBoundary',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      permissionsBoundary: t.field({
        type: 'Arn',
        required: true,
        description: 'A managed policy of the user’s account or of AWS',
      }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});

changeMutation('deleteUserPermissionsBoundary', {
  description:
    'iam:DeleteUserPermissionsBoundary: removes the permissions boundary of a user. Needs ' +
    'iam:DeleteUserPermissionsBoundary on the user',
  input: builder.inputType('DeleteUserPermissionsBoundaryInput', {
    description: 'The parameters of iam:DeleteUserPermissionsBoundary',
    fields: (t) => ({ userArn: t.field({ type: 'Arn', required: true, description: USER }) }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});

changeMutation('addUserToGroup', {
  description:
    'iam:AddUserToGroup: adds a user to a group. From its next request on, the policies of the group apply to the ' +
    'user. A user can be in 10 groups. Needs iam:AddUserToGroup on the group',
  input: builder.inputType('AddUserToGroupInput', {
    description: 'The parameters of iam:AddUserToGroup',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      groupArn: t.field({ type: 'Arn', required: true, description: 'A group of the user’s account' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure, LimitFailure],
  changeOf: (input) => input,
});

changeMutation('removeUserFromGroup', {
  description:
    'iam:RemoveUserFromGroup: removes a user from a group. From its next request on, the policies of the group no ' +
    'longer apply to the user. Needs iam:RemoveUserFromGroup on the group',
  input: builder.inputType('RemoveUserFromGroupInput', {
    description: 'The parameters of iam:RemoveUserFromGroup',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      groupArn: t.field({ type: 'Arn', required: true, description: 'The group' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});
