import { accountId, arn, flag, givenArn, givenTags, givenText, tagKeys, tags, text } from './argument-reader.ts';
import { type FieldGuard, performs } from './field-guard.ts';

const ROLE = { roleArn: arn };
const USER = { userArn: arn };
const GROUP = { groupArn: arn };
const POLICY = { policyArn: arn };
const PROFILE = { instanceProfileArn: arn };
const CREATED = { accountId, path: givenText };

/** The operations of the mutations that make entities of IAM, and change what they are. */
export const IAM_MUTATION_GUARDS: Readonly<Record<string, FieldGuard>> = {
  'Mutation.createUser': performs('CreateUser', {
    ...CREATED,
    userName: text,
    permissionsBoundary: givenArn,
    tags: givenTags,
  }),
  'Mutation.updateUser': performs('UpdateUser', { ...USER, newUserName: givenText, newPath: givenText }),
  'Mutation.tagUser': performs('TagUser', { ...USER, tags }),
  'Mutation.untagUser': performs('UntagUser', { ...USER, tagKeys }),
  'Mutation.createGroup': performs('CreateGroup', { ...CREATED, groupName: text }),
  'Mutation.updateGroup': performs('UpdateGroup', { ...GROUP, newGroupName: givenText, newPath: givenText }),
  'Mutation.deleteGroup': performs('DeleteGroup', { ...GROUP, withDependents: flag }),
  'Mutation.putGroupPolicy': performs('PutGroupPolicy', GROUP),
  'Mutation.deleteGroupPolicy': performs('DeleteGroupPolicy', GROUP),
  'Mutation.attachGroupPolicy': performs('AttachGroupPolicy', { ...GROUP, ...POLICY }),
  'Mutation.detachGroupPolicy': performs('DetachGroupPolicy', { ...GROUP, ...POLICY }),
  'Mutation.createRole': performs('CreateRole', {
    ...CREATED,
    roleName: text,
    permissionsBoundary: givenArn,
    tags: givenTags,
  }),
  'Mutation.updateRole': performs('UpdateRole', ROLE),
  'Mutation.tagRole': performs('TagRole', { ...ROLE, tags }),
  'Mutation.untagRole': performs('UntagRole', { ...ROLE, tagKeys }),
  'Mutation.createPolicy': performs('CreatePolicy', { ...CREATED, policyName: text, tags: givenTags }),
  'Mutation.createPolicyVersion': performs('CreatePolicyVersion', POLICY),
  'Mutation.setDefaultPolicyVersion': performs('SetDefaultPolicyVersion', POLICY),
  'Mutation.deletePolicyVersion': performs('DeletePolicyVersion', POLICY),
  'Mutation.deletePolicy': performs('DeletePolicy', { ...POLICY, withDependents: flag }),
  'Mutation.tagPolicy': performs('TagPolicy', { ...POLICY, tags }),
  'Mutation.untagPolicy': performs('UntagPolicy', { ...POLICY, tagKeys }),
  'Mutation.createInstanceProfile': performs('CreateInstanceProfile', {
    ...CREATED,
    instanceProfileName: text,
    tags: givenTags,
  }),
  'Mutation.deleteInstanceProfile': performs('DeleteInstanceProfile', { ...PROFILE, withDependents: flag }),
  'Mutation.addRoleToInstanceProfile': performs('AddRoleToInstanceProfile', { ...PROFILE, ...ROLE }),
  'Mutation.removeRoleFromInstanceProfile': performs('RemoveRoleFromInstanceProfile', PROFILE),
  'Mutation.tagInstanceProfile': performs('TagInstanceProfile', { ...PROFILE, tags }),
  'Mutation.untagInstanceProfile': performs('UntagInstanceProfile', { ...PROFILE, tagKeys }),
  'Mutation.createAccountAlias': performs('CreateAccountAlias', { accountId }),
  'Mutation.deleteAccountAlias': performs('DeleteAccountAlias', { accountId }),
};
