import { builder } from '../builder.ts';
import { InstanceProfile, readableProfile } from '../entities/instance-profile.ts';
import { TagInput } from '../entities/tag.ts';
import {
  DeleteConflictFailure,
  EntityExistsFailure,
  LimitFailure,
  NoSuchEntityFailure,
  UnmodifiableFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { GIVEN_TAG_KEYS, GIVEN_TAGS, IN_ACCOUNT, NEW_PATH, NEW_TAGS, nameOf, newName } from './created-name.ts';
import { changeMutation, deletedParts } from './entity-change.ts';

const CreateInstanceProfileSuccess = builder.objectRef<Changed>('CreateInstanceProfileSuccess').implement({
  description: 'The instance profile was created: without a role',
  fields: (t) => ({
    instanceProfile: t.field({
      type: InstanceProfile,
      nullable: true,
      description: 'The new profile; null in a dry run, and if the caller may not read it (iam:GetInstanceProfile)',
      resolve: (change, _args, context) => created(change, () => readableProfile(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const InstanceProfileChangeSuccess = builder.objectRef<Changed>('InstanceProfileChangeSuccess').implement({
  description: 'The instance profile was changed',
  fields: (t) => ({
    instanceProfile: t.field({
      type: InstanceProfile,
      nullable: true,
      description:
        'The profile after the change, in a dry run before it; null if the caller may not read it (iam:GetInstanceProfile)',
      resolve: ({ arn }, _args, context) => readableProfile(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteInstanceProfileSuccess = builder.objectRef<Changed>('DeleteInstanceProfileSuccess').implement({
  description: 'The instance profile was deleted; in a dry run, it would be',
  fields: (t) => ({
    deletedInstanceProfileArn: t.field({
      type: 'Arn',
      description: 'ARN of the deleted instance profile',
      resolve: ({ arn }) => arn,
    }),
    ...changedFields(t),
  }),
});

const PROFILE = 'The instance profile';

changeMutation('createInstanceProfile', {
  description:
    'iam:CreateInstanceProfile. Needs iam:CreateInstanceProfile on the ARN that the profile will have, with aws:RequestTag and ' +
    'aws:TagKeys; with tags also iam:TagInstanceProfile on it. An account has at most 10,000 profiles',
  input: builder.inputType('CreateInstanceProfileInput', {
    description: 'The parameters of iam:CreateInstanceProfile',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: IN_ACCOUNT }),
      instanceProfileName: t.string({ required: true, description: nameOf('instance profile', 128) }),
      path: t.string({ description: NEW_PATH }),
      tags: t.field({ type: [TagInput], description: NEW_TAGS }),
    }),
  }),
  success: CreateInstanceProfileSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, LimitFailure],
  changeOf: async ({ accountId, path, ...rest }, context) => ({
    ...rest,
    ...(await newName(context, { accountId, path })),
  }),
});

changeMutation('deleteInstanceProfile', {
  description:
    'iam:DeleteInstanceProfile. Needs iam:DeleteInstanceProfile; with `withDependents` also iam:RemoveRoleFromInstanceProfile on it',
  input: builder.inputType('DeleteInstanceProfileInput', {
    description: 'The parameters of iam:DeleteInstanceProfile',
    fields: (t) => ({
      instanceProfileArn: t.field({ type: 'Arn', required: true, description: PROFILE }),
      withDependents: t.boolean({
        description: 'Whether to also take its role out. Left out: no, and DeleteConflict if it has one',
      }),
    }),
  }),
  success: DeleteInstanceProfileSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure],
  changeOf: ({ instanceProfileArn, withDependents }, context) => ({
    instanceProfileArn,
    withDependents: withDependents === true,
    ...deletedParts(context, instanceProfileArn),
  }),
});

changeMutation('addRoleToInstanceProfile', {
  description:
    'iam:AddRoleToInstanceProfile: a profile can have one role. Needs iam:AddRoleToInstanceProfile on the profile, and iam:PassRole ' +
    'on the role, with iam:PassedToService',
  input: builder.inputType('AddRoleToInstanceProfileInput', {
    description: 'The parameters of iam:AddRoleToInstanceProfile',
    fields: (t) => ({
      instanceProfileArn: t.field({ type: 'Arn', required: true, description: PROFILE }),
      roleArn: t.field({ type: 'Arn', required: true, description: 'A role of its account' }),
    }),
  }),
  success: InstanceProfileChangeSuccess,
  failures: [NoSuchEntityFailure, LimitFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('removeRoleFromInstanceProfile', {
  description: 'iam:RemoveRoleFromInstanceProfile. Needs iam:RemoveRoleFromInstanceProfile on the profile',
  input: builder.inputType('RemoveRoleFromInstanceProfileInput', {
    description: 'The parameters of iam:RemoveRoleFromInstanceProfile',
    fields: (t) => ({
      instanceProfileArn: t.field({ type: 'Arn', required: true, description: PROFILE }),
      roleArn: t.field({ type: 'Arn', required: true, description: 'The role in it' }),
    }),
  }),
  success: InstanceProfileChangeSuccess,
  failures: [NoSuchEntityFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('tagInstanceProfile', {
  description:
    'iam:TagInstanceProfile: adds tags to an instance profile, which can have 50. Needs iam:TagInstanceProfile on the profile, with ' +
    'aws:RequestTag and aws:TagKeys',
  input: builder.inputType('TagInstanceProfileInput', {
    description: 'The parameters of iam:TagInstanceProfile',
    fields: (t) => ({
      instanceProfileArn: t.field({ type: 'Arn', required: true, description: PROFILE }),
      tags: t.field({ type: [TagInput], required: true, description: GIVEN_TAGS }),
    }),
  }),
  success: InstanceProfileChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, LimitFailure],
  changeOf: (input) => input,
});

changeMutation('untagInstanceProfile', {
  description:
    'iam:UntagInstanceProfile: takes tags from an instance profile. Needs iam:UntagInstanceProfile on the profile, with aws:TagKeys',
  input: builder.inputType('UntagInstanceProfileInput', {
    description: 'The parameters of iam:UntagInstanceProfile',
    fields: (t) => ({
      instanceProfileArn: t.field({ type: 'Arn', required: true, description: PROFILE }),
      tagKeys: t.stringList({ required: true, description: GIVEN_TAG_KEYS }),
    }),
  }),
  success: InstanceProfileChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});
