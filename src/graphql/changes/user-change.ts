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
import { CHANGED_REVISION, type Changed, changeMutation, POLICY_NAME } from './entity-change.ts';

const UserChangeSuccess = builder.objectRef<Changed>('UserChangeSuccess').implement({
  description: 'The user is as was asked; it counts at its next request',
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user as it is now; null where the caller may change it, but not read it (iam:GetUser)',
      resolve: ({ arn }, _args, context) => readableUser(context, arn),
    }),
    revision: t.field({ type: 'Revision', description: CHANGED_REVISION, resolve: ({ revision }) => revision }),
  }),
});

const DeleteUserSuccess = builder.objectRef<Changed>('DeleteUserSuccess').implement({
  description: 'The user is gone, and its credentials are dead',
  fields: (t) => ({
    deletedUserArn: t.field({ type: 'Arn', description: 'The user that was deleted', resolve: ({ arn }) => arn }),
    revision: t.field({ type: 'Revision', description: CHANGED_REVISION, resolve: ({ revision }) => revision }),
  }),
});

const USER = 'The user';

changeMutation('deleteUser', {
  description:
    'iam:DeleteUser. The role sessions that it has made go on; all its other credentials are dead. Policies that name it go on ' +
    'meaning this user, not another of its name. Needs iam:DeleteUser; with `withDependents` also iam:DeleteAccessKey, ' +
    'iam:DeactivateMFADevice, iam:DeleteUserPolicy and iam:DetachUserPolicy on it, and iam:RemoveUserFromGroup on its groups',
  input: builder.inputType('DeleteUserInput', {
    description: 'Which user is to be deleted',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      withDependents: t.boolean({
        description:
          'Whether its access keys, MFA devices, policies and memberships go with it, as in AWS’s console. Left out: no, and ' +
          'DeleteConflict while there are any',
      }),
    }),
  }),
  success: DeleteUserSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure],
  changeOf: ({ userArn, withDependents }) => ({ userArn, withDependents: withDependents === true }),
});

changeMutation('putUserPolicy', {
  description:
    'iam:PutUserPolicy: writes an inline policy of a user, new or in the place of the one of that name. All of a user’s have ' +
    'at most 2,048 characters, blanks not counted. Needs iam:PutUserPolicy on the user',
  input: builder.inputType('PutUserPolicyInput', {
    description: 'An inline policy of a user',
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
    description: 'Which inline policy of which user',
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
    'iam:AttachUserPolicy: attaches a managed policy to a user, which can have 10. Needs iam:AttachUserPolicy on the user, ' +
    'with iam:PolicyARN',
  input: builder.inputType('AttachUserPolicyInput', {
    description: 'Which policy to which user',
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
    'iam:DetachUserPolicy: takes a managed policy from a user. Needs iam:DetachUserPolicy on the user, with iam:PolicyARN',
  input: builder.inputType('DetachUserPolicyInput', {
    description: 'Which policy from which user',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      policyArn: t.field({ type: 'Arn', required: true, description: 'A managed policy that is attached to it' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});

changeMutation('putUserPermissionsBoundary', {
  description:
    'iam:PutUserPermissionsBoundary: bounds what a user’s identity policies can allow. Needs iam:PutUserPermissionsBoundary on ' +
    'the user, with iam:PermissionsBoundary',
  input: builder.inputType('PutUserPermissionsBoundaryInput', {
    description: 'Which bound for which user',
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
    'iam:DeleteUserPermissionsBoundary: from now on the user is unbounded. Needs iam:DeleteUserPermissionsBoundary on the user',
  input: builder.inputType('DeleteUserPermissionsBoundaryInput', {
    description: 'Which user is to be unbounded',
    fields: (t) => ({ userArn: t.field({ type: 'Arn', required: true, description: USER }) }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});

changeMutation('addUserToGroup', {
  description:
    'iam:AddUserToGroup: from its next request on the user holds the policies of the group as well. A user can be in 10 ' +
    'groups. Needs iam:AddUserToGroup on the group',
  input: builder.inputType('AddUserToGroupInput', {
    description: 'Which user to which group',
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
    'iam:RemoveUserFromGroup: from its next request on the user does not hold the policies of the group. Needs ' +
    'iam:RemoveUserFromGroup on the group',
  input: builder.inputType('RemoveUserFromGroupInput', {
    description: 'Which user from which group',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: USER }),
      groupArn: t.field({ type: 'Arn', required: true, description: 'The group' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});
