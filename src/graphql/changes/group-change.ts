import { builder } from '../builder.ts';
import { Group, readableGroup } from '../entities/group.ts';
import {
  DeleteConflictFailure,
  EntityExistsFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  NotAttachableFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { IN_ACCOUNT, NEW_PATH, nameOf, newName } from './created-name.ts';
import { changeMutation, deletedParts, POLICY_NAME } from './entity-change.ts';

const CreateGroupSuccess = builder.objectRef<Changed>('CreateGroupSuccess').implement({
  description: 'The group was created: without users and without policies',
  fields: (t) => ({
    group: t.field({
      type: Group,
      nullable: true,
      description: 'The new group; null in a dry run, and if the caller may not read it (iam:GetGroup)',
      resolve: (change, _args, context) => created(change, () => readableGroup(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const GroupChangeSuccess = builder.objectRef<Changed>('GroupChangeSuccess').implement({
  description: 'The group was changed; the change takes effect at the next request of its users',
  fields: (t) => ({
    group: t.field({
      type: Group,
      nullable: true,
      description:
        'The group after the change, in a dry run before it; null if the caller may not read it (iam:GetGroup)',
      resolve: ({ arn }, _args, context) => readableGroup(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteGroupSuccess = builder.objectRef<Changed>('DeleteGroupSuccess').implement({
  description: 'The group was deleted; in a dry run, it would be',
  fields: (t) => ({
    deletedGroupArn: t.field({ type: 'Arn', description: 'ARN of the deleted group', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const GROUP = 'The group';

changeMutation('createGroup', {
  description:
    'iam:CreateGroup. Needs iam:CreateGroup on the ARN that the group will have. An account has at most 500 groups',
  input: builder.inputType('CreateGroupInput', {
    description: 'The parameters of iam:CreateGroup',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: IN_ACCOUNT }),
      groupName: t.string({ required: true, description: nameOf('group', 128) }),
      path: t.string({ description: NEW_PATH }),
    }),
  }),
  success: CreateGroupSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, LimitFailure],
  changeOf: async ({ groupName, ...at }, context) => ({ ...(await newName(context, at)), groupName }),
});

changeMutation('updateGroup', {
  description:
    'iam:UpdateGroup: gives a group another name or path, and so another ARN. Its users and policies stay. Needs iam:UpdateGroup ' +
    'on both ARNs',
  input: builder.inputType('UpdateGroupInput', {
    description: 'The parameters of iam:UpdateGroup',
    fields: (t) => ({
      groupArn: t.field({ type: 'Arn', required: true, description: GROUP }),
      newGroupName: t.string({ description: `${nameOf('group', 128)}. Left out: as before` }),
      newPath: t.string({ description: 'Begins and ends with a slash. Left out: as before' }),
    }),
  }),
  success: GroupChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('deleteGroup', {
  description:
    'iam:DeleteGroup. Needs iam:DeleteGroup; with `withDependents` also iam:DeleteGroupPolicy, iam:DetachGroupPolicy and ' +
    'iam:RemoveUserFromGroup on it',
  input: builder.inputType('DeleteGroupInput', {
    description: 'The parameters of iam:DeleteGroup',
    fields: (t) => ({
      groupArn: t.field({ type: 'Arn', required: true, description: GROUP }),
      withDependents: t.boolean({
        description:
          'Whether to also delete or detach its policies and to remove its users from it, as AWS’s console does. Left out: no, ' +
          'and DeleteConflict if there are any',
      }),
    }),
  }),
  success: DeleteGroupSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure],
  changeOf: ({ groupArn, withDependents }, context) => ({
    groupArn,
    withDependents: withDependents === true,
    ...deletedParts(context, groupArn),
  }),
});

changeMutation('putGroupPolicy', {
  description:
    'iam:PutGroupPolicy: adds an inline policy to a group, or replaces the one with the same name. All inline policies ' +
    'of a group together have at most 5,120 characters, not counting whitespace. Needs iam:PutGroupPolicy on the group',
  input: builder.inputType('PutGroupPolicyInput', {
    description: 'The parameters of iam:PutGroupPolicy',
    fields: (t) => ({
      groupArn: t.field({ type: 'Arn', required: true, description: GROUP }),
      policyName: t.string({ required: true, description: POLICY_NAME }),
      policyDocument: t.field({ type: 'PolicyDocument', required: true, description: 'An identity policy' }),
    }),
  }),
  success: GroupChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: ({ policyDocument, ...rest }) => ({ ...rest, policyDocument: policyDocument.text }),
});

changeMutation('deleteGroupPolicy', {
  description: 'iam:DeleteGroupPolicy: removes an inline policy of a group. Needs iam:DeleteGroupPolicy on the group',
  input: builder.inputType('DeleteGroupPolicyInput', {
    description: 'The parameters of iam:DeleteGroupPolicy',
    fields: (t) => ({
      groupArn: t.field({ type: 'Arn', required: true, description: GROUP }),
      policyName: t.string({ required: true, description: 'Name of the inline policy' }),
    }),
  }),
  success: GroupChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});

changeMutation('attachGroupPolicy', {
  description:
    'iam:AttachGroupPolicy: attaches a managed policy to a group, which can have 10. Needs iam:AttachGroupPolicy on the ' +
    'group, with iam:PolicyARN',
  input: builder.inputType('AttachGroupPolicyInput', {
    description: 'The parameters of iam:AttachGroupPolicy',
    fields: (t) => ({
      groupArn: t.field({ type: 'Arn', required: true, description: GROUP }),
      policyArn: t.field({
        type: 'Arn',
        required: true,
        description: 'A managed policy of the group’s account or of AWS',
      }),
    }),
  }),
  success: GroupChangeSuccess,
  failures: [NoSuchEntityFailure, LimitFailure, NotAttachableFailure],
  changeOf: (input) => input,
});

changeMutation('detachGroupPolicy', {
  description:
    'iam:DetachGroupPolicy: detaches a managed policy from a group. Needs iam:DetachGroupPolicy on the group, with ' +
    'iam:PolicyARN',
  input: builder.inputType('DetachGroupPolicyInput', {
    description: 'The parameters of iam:DetachGroupPolicy',
    fields: (t) => ({
      groupArn: t.field({ type: 'Arn', required: true, description: GROUP }),
      policyArn: t.field({ type: 'Arn', required: true, description: 'A managed policy attached to the group' }),
    }),
  }),
  success: GroupChangeSuccess,
  failures: [NoSuchEntityFailure],
  changeOf: (input) => input,
});
