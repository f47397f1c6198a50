import { renamedArn } from '../directory/entities/new-entity.ts';
import { storable } from '../directory/storable.ts';
import type { ContextValue } from '../evaluation/request.ts';
import type { ChangeInputs } from '../session/entity-changes.ts';
import type { Attempt, AttemptOf } from './attempt.ts';
import { type Created, creation, type RequestTag, tagContext, tagKeysContext } from './creation-attempts.ts';
import { deletionOfGroup, deletionOfPolicy, deletionOfProfile } from './deletion-attempts.ts';
import { bounded, onHolder, onResource, permissionsOn } from './entity-attempts.ts';

/** The named values from the input of an operation. */
type Given<Name extends keyof ChangeInputs, Values extends keyof ChangeInputs[Name]> = Pick<ChangeInputs[Name], Values>;

interface Tagged {
  readonly tags: readonly RequestTag[] | null;
}

interface Tags {
  readonly tags: readonly RequestTag[];
}

interface TagKeys {
  readonly tagKeys: readonly string[];
}

interface Bounded {
  readonly permissionsBoundary: string | null;
}

interface Deletion {
  readonly withDependents: boolean;
}

type User = Given<'deleteUser', 'userArn'>;
type Group = Given<'deleteGroup', 'groupArn'>;
type Role = Given<'deleteRole', 'roleArn'>;
type Policy = Given<'deletePolicy', 'policyArn'>;
type Profile = Given<'deleteInstanceProfile', 'instanceProfileArn'>;

/** The values of IAM's operations that make entities, and change what they are, that their guards use. */
export interface IamValues {
  readonly CreateUser: Created & Tagged & Bounded & { readonly userName: string };
  readonly UpdateUser: User & { readonly newUserName: string | null; readonly newPath: string | null };
  readonly TagUser: User & Tags;
  readonly UntagUser: User & TagKeys;
  readonly CreateGroup: Created & { readonly groupName: string };
  readonly UpdateGroup: Group & { readonly newGroupName: string | null; readonly newPath: string | null };
  readonly DeleteGroup: Group & Deletion;
  readonly PutGroupPolicy: Group;
  readonly DeleteGroupPolicy: Group;
  readonly AttachGroupPolicy: Group & Policy;
  readonly DetachGroupPolicy: Group & Policy;
  readonly CreateRole: Created & Tagged & Bounded & { readonly roleName: string };
  readonly UpdateRole: Role;
  readonly UpdateRoleDescription: Role;
  readonly TagRole: Role & Tags;
  readonly UntagRole: Role & TagKeys;
  readonly CreatePolicy: Created & Tagged & { readonly policyName: string };
  readonly CreatePolicyVersion: Policy;
  readonly SetDefaultPolicyVersion: Policy;
  readonly DeletePolicyVersion: Policy;
  readonly DeletePolicy: Policy & Deletion;
  readonly TagPolicy: Policy & Tags;
  readonly UntagPolicy: Policy & TagKeys;
  readonly CreateInstanceProfile: Created & Tagged & { readonly instanceProfileName: string };
  readonly DeleteInstanceProfile: Profile & Deletion;
  readonly AddRoleToInstanceProfile: Profile & Role;
  readonly RemoveRoleFromInstanceProfile: Profile;
  readonly TagInstanceProfile: Profile & Tags;
  readonly UntagInstanceProfile: Profile & TagKeys;
  readonly CreateAccountAlias: { readonly accountId: string };
  readonly DeleteAccountAlias: { readonly accountId: string };
}

function withKeys(operation: string, resource: string, context: ReadonlyMap<string, ContextValue>): Attempt {
  return { kind: 'permitted', permissions: [{ action: `iam:${operation}`, resource, account: null, context }] };
}

function tagging<Named>(operation: string, arnOf: (named: Named) => string): AttemptOf<Named & Tags> {
  return (values) => withKeys(operation, arnOf(values), tagContext(values.tags));
}

function untagging<Named>(operation: string, arnOf: (named: Named) => string): AttemptOf<Named & TagKeys> {
  return (values) => withKeys(operation, arnOf(values), tagKeysContext(values.tagKeys));
}

/**
 * A new name or path needs the permission on both ARNs. It is the old one that the trail names.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html
 */
function renaming(
  kind: 'User' | 'Group',
  arn: string,
  given: { readonly name: string | null; readonly path: string | null },
): Attempt {
  const next = storable(renamedArn(arn, given));
  const permissions = permissionsOn([`Update${kind}`], next === arn ? [arn] : [arn, next]);
  return { kind: 'permitted', permissions, target: arn };
}

function ofGroup(operation: string): AttemptOf<Group> {
  return ({ groupArn }) => onResource(operation, groupArn);
}

function ofPolicy(operation: string): AttemptOf<Policy> {
  return ({ policyArn }) => onResource(operation, policyArn);
}

/** A policy of a group, with iam:PolicyARN; a group has no boundary. */
function attachment(operation: string): AttemptOf<Group & Policy> {
  return ({ groupArn, policyArn }) => ({
    kind: 'permitted',
    permissions: [onHolder(operation, groupArn, null, policyArn)],
  });
}

/** Who gives a role to instances passes it to EC2. https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html */
function passing({ instanceProfileArn, roleArn }: Profile & Role): Attempt {
  const [own] = permissionsOn(['AddRoleToInstanceProfile'], [instanceProfileArn]);
  const context = new Map([['iam:passedtoservice', 'ec2.amazonaws.com']]);
  const pass = { action: 'iam:PassRole', resource: roleArn, account: null, context };
  const permissions = own === undefined ? [pass] : [own, pass];
  return { kind: 'permitted', permissions, event: 'AddRoleToInstanceProfile', target: instanceProfileArn };
}

function onAccount(operation: string): AttemptOf<{ readonly accountId: string }> {
  return ({ accountId }) => ({
    kind: 'permitted',
    permissions: [{ action: `iam:${operation}`, resource: '*', account: accountId }],
    target: accountId,
  });
}

const userOf = ({ userArn }: User): string => userArn;
const roleOf = ({ roleArn }: Role): string => roleArn;
const policyOf = ({ policyArn }: Policy): string => policyArn;
const profileOf = ({ instanceProfileArn }: Profile): string => instanceProfileArn;

/** The attempts of these operations. */
export const IAM_ATTEMPTS: { readonly [Name in keyof IamValues]: AttemptOf<IamValues[Name]> } = {
  CreateUser: creation({
    operation: 'CreateUser',
    tagging: 'TagUser',
    kind: 'User',
    nameOf: (given) => given.userName,
  }),
  UpdateUser: ({ userArn, newUserName, newPath }) => renaming('User', userArn, { name: newUserName, path: newPath }),
  TagUser: tagging('TagUser', userOf),
  UntagUser: untagging('UntagUser', userOf),
  CreateGroup: creation({ operation: 'CreateGroup', kind: 'Group', nameOf: (given) => given.groupName }),
  UpdateGroup: ({ groupArn, newGroupName, newPath }) =>
    renaming('Group', groupArn, { name: newGroupName, path: newPath }),
  DeleteGroup: deletionOfGroup,
  PutGroupPolicy: ofGroup('PutGroupPolicy'),
  DeleteGroupPolicy: ofGroup('DeleteGroupPolicy'),
  AttachGroupPolicy: attachment('AttachGroupPolicy'),
  DetachGroupPolicy: attachment('DetachGroupPolicy'),
  CreateRole: creation({
    operation: 'CreateRole',
    tagging: 'TagRole',
    kind: 'Role',
    nameOf: (given) => given.roleName,
  }),
  UpdateRole: bounded('UpdateRole'),
  UpdateRoleDescription: bounded('UpdateRoleDescription'),
  TagRole: tagging('TagRole', roleOf),
  UntagRole: untagging('UntagRole', roleOf),
  CreatePolicy: creation({
    operation: 'CreatePolicy',
    tagging: 'TagPolicy',
    kind: 'ManagedPolicy',
    nameOf: (given) => given.policyName,
  }),
  CreatePolicyVersion: ofPolicy('CreatePolicyVersion'),
  SetDefaultPolicyVersion: ofPolicy('SetDefaultPolicyVersion'),
  DeletePolicyVersion: ofPolicy('DeletePolicyVersion'),
  DeletePolicy: deletionOfPolicy,
  TagPolicy: tagging('TagPolicy', policyOf),
  UntagPolicy: untagging('UntagPolicy', policyOf),
  CreateInstanceProfile: creation({
    operation: 'CreateInstanceProfile',
    tagging: 'TagInstanceProfile',
    kind: 'InstanceProfile',
    nameOf: (given) => given.instanceProfileName,
  }),
  DeleteInstanceProfile: deletionOfProfile,
  AddRoleToInstanceProfile: passing,
  RemoveRoleFromInstanceProfile: ({ instanceProfileArn }) =>
    onResource('RemoveRoleFromInstanceProfile', instanceProfileArn),
  TagInstanceProfile: tagging('TagInstanceProfile', profileOf),
  UntagInstanceProfile: untagging('UntagInstanceProfile', profileOf),
  CreateAccountAlias: onAccount('CreateAccountAlias'),
  DeleteAccountAlias: onAccount('DeleteAccountAlias'),
};
