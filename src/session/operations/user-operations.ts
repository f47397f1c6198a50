import { arnOf } from '../../directory/apply/entity-arn.ts';
import { renamedArn } from '../../directory/entities/new-entity.ts';
import { checkInline, checkName, checkPath, checkTagKeys, checkTags } from './checks.ts';
import type { OperationsOf } from './described.ts';
import { ofUser } from './names.ts';

type Name =
  | 'createUser'
  | 'updateUser'
  | 'tagUser'
  | 'untagUser'
  | 'deleteUser'
  | 'putUserPolicy'
  | 'deleteUserPolicy'
  | 'attachUserPolicy'
  | 'detachUserPolicy'
  | 'putUserPermissionsBoundary'
  | 'deleteUserPermissionsBoundary'
  | 'addUserToGroup'
  | 'removeUserFromGroup';

/** Operations on users. */
export const USER_OPERATIONS: OperationsOf<Name> = {
  createUser: {
    action: 'iam:CreateUser',
    target: (input) => arnOf('User', input, input.userName),
    check: ({ userName, path, tags }) => {
      checkName(userName, 'userName', 64);
      checkPath(path);
      checkTags(tags);
    },
    boundary: ({ permissionsBoundary }) => permissionsBoundary ?? null,
  },
  updateUser: {
    action: 'iam:UpdateUser',
    target: ofUser,
    check: ({ newUserName, newPath }) => {
      if (newUserName != null) checkName(newUserName, 'newUserName', 64);
      if (newPath != null) checkPath(newPath, 'newPath');
    },
    renames: ({ userArn, newUserName, newPath }) => renamedArn(userArn, { name: newUserName, path: newPath }),
  },
  tagUser: { action: 'iam:TagUser', target: ofUser, check: ({ tags }) => checkTags(tags) },
  untagUser: { action: 'iam:UntagUser', target: ofUser, check: ({ tagKeys }) => checkTagKeys(tagKeys) },
  deleteUser: { action: 'iam:DeleteUser', target: ofUser, ends: true },
  putUserPolicy: { action: 'iam:PutUserPolicy', target: ofUser, check: checkInline },
  deleteUserPolicy: { action: 'iam:DeleteUserPolicy', target: ofUser },
  attachUserPolicy: { action: 'iam:AttachUserPolicy', target: ofUser },
  detachUserPolicy: { action: 'iam:DetachUserPolicy', target: ofUser },
  putUserPermissionsBoundary: {
    action: 'iam:PutUserPermissionsBoundary',
    target: ofUser,
    boundary: ({ permissionsBoundary }) => permissionsBoundary,
  },
  deleteUserPermissionsBoundary: {
    action: 'iam:DeleteUserPermissionsBoundary',
    target: ofUser,
    boundary: () => null,
  },
  addUserToGroup: { action: 'iam:AddUserToGroup', target: ofUser },
  removeUserFromGroup: { action: 'iam:RemoveUserFromGroup', target: ofUser },
};
