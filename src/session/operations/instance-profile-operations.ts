import { arnOf } from '../../directory/apply/entity-arn.ts';
import { checkAlias, checkName, checkPath, checkTagKeys, checkTags } from './checks.ts';
import type { OperationsOf } from './described.ts';
import { ofAccount, ofProfile } from './names.ts';

type Name =
  | 'createInstanceProfile'
  | 'deleteInstanceProfile'
  | 'addRoleToInstanceProfile'
  | 'removeRoleFromInstanceProfile'
  | 'tagInstanceProfile'
  | 'untagInstanceProfile';

/** Operations on instance profiles. */
export const INSTANCE_PROFILE_OPERATIONS: OperationsOf<Name> = {
  createInstanceProfile: {
    action: 'iam:CreateInstanceProfile',
    target: (input) => arnOf('InstanceProfile', input, input.instanceProfileName),
    check: ({ instanceProfileName, path, tags }) => {
      checkName(instanceProfileName, 'instanceProfileName', 128);
      checkPath(path);
      checkTags(tags);
    },
  },
  deleteInstanceProfile: { action: 'iam:DeleteInstanceProfile', target: ofProfile, ends: true },
  addRoleToInstanceProfile: { action: 'iam:AddRoleToInstanceProfile', target: ofProfile },
  removeRoleFromInstanceProfile: { action: 'iam:RemoveRoleFromInstanceProfile', target: ofProfile },
  tagInstanceProfile: { action: 'iam:TagInstanceProfile', target: ofProfile, check: ({ tags }) => checkTags(tags) },
  untagInstanceProfile: {
    action: 'iam:UntagInstanceProfile',
    target: ofProfile,
    check: ({ tagKeys }) => checkTagKeys(tagKeys),
  },
};

/** Operations on the alias of an account. */
export const ALIAS_OPERATIONS: OperationsOf<'createAccountAlias' | 'deleteAccountAlias'> = {
  createAccountAlias: {
    action: 'iam:CreateAccountAlias',
    target: ofAccount,
    check: ({ accountAlias }) => checkAlias(accountAlias),
  },
  deleteAccountAlias: {
    action: 'iam:DeleteAccountAlias',
    target: ofAccount,
    check: ({ accountAlias }) => checkAlias(accountAlias),
  },
};
