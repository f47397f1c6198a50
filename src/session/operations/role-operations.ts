import { arnOf } from '../../directory/apply/entity-arn.ts';
import { RolegateError } from '../../policy/errors.ts';
import {
  checkDescription,
  checkDocument,
  checkDuration,
  checkInline,
  checkName,
  checkPath,
  checkTagKeys,
  checkTags,
} from './checks.ts';
import type { OperationsOf } from './described.ts';
import { ofRole } from './names.ts';

type Name =
  | 'createRole'
  | 'updateRole'
  | 'updateRoleDescription'
  | 'tagRole'
  | 'untagRole'
  | 'deleteRole'
  | 'putRolePolicy'
  | 'deleteRolePolicy'
  | 'attachRolePolicy'
  | 'detachRolePolicy'
  | 'updateAssumeRolePolicy'
  | 'putRolePermissionsBoundary'
  | 'deleteRolePermissionsBoundary';

/** Roles that only AWS makes: https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html */
const RESERVED = /^\/aws-(?:service-role|reserved)\//;

function checkReserved(path: string): void {
  if (!RESERVED.test(path)) return;
  throw new RolegateError('InvalidInput', `The path ${path} is reserved for roles that only AWS creates.`, {
    field: 'path',
  });
}

/** Operations on roles. */
export const ROLE_OPERATIONS: OperationsOf<Name> = {
  createRole: {
    action: 'iam:CreateRole',
    target: (input) => arnOf('Role', input, input.roleName),
    check: ({ roleName, path, description, maxSessionDuration, tags, assumeRolePolicyDocument }) => {
      checkName(roleName, 'roleName', 64);
      checkPath(path);
      checkReserved(path);
      checkDescription(description);
      checkDuration(maxSessionDuration);
      checkTags(tags);
      checkDocument(assumeRolePolicyDocument, 'trust', 'assumeRolePolicyDocument');
    },
    boundary: ({ permissionsBoundary }) => permissionsBoundary ?? null,
  },
  updateRole: {
    action: 'iam:UpdateRole',
    target: ofRole,
    check: ({ description, maxSessionDuration }) => {
      checkDescription(description);
      checkDuration(maxSessionDuration);
    },
  },
  updateRoleDescription: {
    action: 'iam:UpdateRoleDescription',
    target: ofRole,
    check: ({ description }) => checkDescription(description),
  },
  tagRole: { action: 'iam:TagRole', target: ofRole, check: ({ tags }) => checkTags(tags) },
  untagRole: { action: 'iam:UntagRole', target: ofRole, check: ({ tagKeys }) => checkTagKeys(tagKeys) },
  deleteRole: { action: 'iam:DeleteRole', target: ofRole, ends: true },
  putRolePolicy: { action: 'iam:PutRolePolicy', target: ofRole, check: checkInline },
  deleteRolePolicy: { action: 'iam:DeleteRolePolicy', target: ofRole },
  attachRolePolicy: { action: 'iam:AttachRolePolicy', target: ofRole },
  detachRolePolicy: { action: 'iam:DetachRolePolicy', target: ofRole },
  updateAssumeRolePolicy: {
    action: 'iam:UpdateAssumeRolePolicy',
    target: ofRole,
    check: ({ policyDocument }) => checkDocument(policyDocument, 'trust'),
  },
  putRolePermissionsBoundary: {
    action: 'iam:PutRolePermissionsBoundary',
    target: ofRole,
    boundary: ({ permissionsBoundary }) => permissionsBoundary,
  },
  deleteRolePermissionsBoundary: {
    action: 'iam:DeleteRolePermissionsBoundary',
    target: ofRole,
    boundary: () => null,
  },
};
