import { builder } from '../builder.ts';
import { ManagedPolicy, readablePolicy } from '../entities/managed-policy.ts';
import { TagInput } from '../entities/tag.ts';
import {
  DeleteConflictFailure,
  EntityExistsFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  UnmodifiableFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { GIVEN_TAG_KEYS, GIVEN_TAGS, IN_ACCOUNT, NEW_PATH, NEW_TAGS, nameOf, newName } from './created-name.ts';
import { changeMutation, deletedParts } from './entity-change.ts';

const CreatePolicySuccess = builder.objectRef<Changed>('CreatePolicySuccess').implement({
  description: 'The managed policy was created, with `v1` as its default version',
  fields: (t) => ({
    policy: t.field({
      type: ManagedPolicy,
      nullable: true,
      description: 'The new policy; null in a dry run, and if the caller may not read it (iam:GetPolicy)',
      resolve: (change, _args, context) => created(change, () => readablePolicy(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const PolicyChangeSuccess = builder.objectRef<Changed>('PolicyChangeSuccess').implement({
  description: 'The managed policy was changed; the change takes effect at the next request of everybody who has it',
  fields: (t) => ({
    policy: t.field({
      type: ManagedPolicy,
      nullable: true,
      description:
        'The policy after the change, in a dry run before it; null if the caller may not read it (iam:GetPolicy)',
      resolve: ({ arn }, _args, context) => readablePolicy(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeletePolicySuccess = builder.objectRef<Changed>('DeletePolicySuccess').implement({
  description: 'The managed policy was deleted, with all its versions; in a dry run, it would be',
  fields: (t) => ({
    deletedPolicyArn: t.field({ type: 'Arn', description: 'ARN of the deleted policy', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const POLICY = 'The managed policy, of an account';
const VERSION = 'Id of the version: v1, v2 …';
const DOCUMENT = 'An identity policy, at most 6,144 characters, not counting whitespace';

changeMutation('createPolicy', {
  description:
    'iam:CreatePolicy. Needs iam:CreatePolicy on the ARN that the policy will have, with aws:RequestTag and aws:TagKeys; with tags ' +
    'also iam:TagPolicy on it. An account has at most 10,000 policies',
  input: builder.inputType('CreatePolicyInput', {
    description: 'The parameters of iam:CreatePolicy',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: IN_ACCOUNT }),
      policyName: t.string({ required: true, description: nameOf('policy', 128) }),
      path: t.string({ description: NEW_PATH }),
      policyDocument: t.field({ type: 'PolicyDocument', required: true, description: DOCUMENT }),
      description: t.string({ description: 'What it is for, at most 1,000 characters; it cannot be changed later' }),
      tags: t.field({ type: [TagInput], description: NEW_TAGS }),
    }),
  }),
  success: CreatePolicySuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: async ({ accountId, path, policyDocument, ...rest }, context) => ({
    ...rest,
    ...(await newName(context, { accountId, path })),
    policyDocument: policyDocument.text,
  }),
});

changeMutation('createPolicyVersion', {
  description:
    'iam:CreatePolicyVersion: adds a version to a managed policy, which can have 5. Its number is higher than any that the policy ' +
    'has had. Needs iam:CreatePolicyVersion on the policy',
  input: builder.inputType('CreatePolicyVersionInput', {
    description: 'The parameters of iam:CreatePolicyVersion',
    fields: (t) => ({
      policyArn: t.field({ type: 'Arn', required: true, description: POLICY }),
      policyDocument: t.field({ type: 'PolicyDocument', required: true, description: DOCUMENT }),
      setAsDefault: t.boolean({
        description: 'Whether it is the default version from now on, and so has an effect. Left out: no',
      }),
    }),
  }),
  success: PolicyChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure, UnmodifiableFailure],
  changeOf: ({ policyArn, policyDocument, setAsDefault }) => ({
    policyArn,
    policyDocument: policyDocument.text,
    setAsDefault: setAsDefault === true,
  }),
});

changeMutation('setDefaultPolicyVersion', {
  description:
    'iam:SetDefaultPolicyVersion: says which version of a managed policy has an effect. Needs iam:SetDefaultPolicyVersion on the policy',
  input: builder.inputType('SetDefaultPolicyVersionInput', {
    description: 'The parameters of iam:SetDefaultPolicyVersion',
    fields: (t) => ({
      policyArn: t.field({ type: 'Arn', required: true, description: POLICY }),
      versionId: t.string({ required: true, description: VERSION }),
    }),
  }),
  success: PolicyChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('deletePolicyVersion', {
  description:
    'iam:DeletePolicyVersion: deletes a version of a managed policy that is not the default one. Needs iam:DeletePolicyVersion on the ' +
    'policy',
  input: builder.inputType('DeletePolicyVersionInput', {
    description: 'The parameters of iam:DeletePolicyVersion',
    fields: (t) => ({
      policyArn: t.field({ type: 'Arn', required: true, description: POLICY }),
      versionId: t.string({ required: true, description: VERSION }),
    }),
  }),
  success: PolicyChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, DeleteConflictFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('deletePolicy', {
  description:
    'iam:DeletePolicy. DeleteConflict while it is a permissions boundary: its users and roles could do more without it. Needs ' +
    'iam:DeletePolicy; with `withDependents` also iam:DeletePolicyVersion on it if it has several versions, and ' +
    'iam:DetachUserPolicy, iam:DetachGroupPolicy and iam:DetachRolePolicy where it is attached',
  input: builder.inputType('DeletePolicyInput', {
    description: 'The parameters of iam:DeletePolicy',
    fields: (t) => ({
      policyArn: t.field({ type: 'Arn', required: true, description: POLICY }),
      withDependents: t.boolean({
        description:
          'Whether to also detach it and to delete its other versions. Left out: no, and DeleteConflict if there are any',
      }),
    }),
  }),
  success: DeletePolicySuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure, UnmodifiableFailure],
  changeOf: ({ policyArn, withDependents }, context) => ({
    policyArn,
    withDependents: withDependents === true,
    ...deletedParts(context, policyArn),
  }),
});

changeMutation('tagPolicy', {
  description:
    'iam:TagPolicy: adds tags to a managed policy, which can have 50. Needs iam:TagPolicy on the policy, with aws:RequestTag and ' +
    'aws:TagKeys',
  input: builder.inputType('TagPolicyInput', {
    description: 'The parameters of iam:TagPolicy',
    fields: (t) => ({
      policyArn: t.field({ type: 'Arn', required: true, description: POLICY }),
      tags: t.field({ type: [TagInput], required: true, description: GIVEN_TAGS }),
    }),
  }),
  success: PolicyChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, LimitFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('untagPolicy', {
  description:
    'iam:UntagPolicy: takes tags from a managed policy. Needs iam:UntagPolicy on the policy, with aws:TagKeys',
  input: builder.inputType('UntagPolicyInput', {
    description: 'The parameters of iam:UntagPolicy',
    fields: (t) => ({
      policyArn: t.field({ type: 'Arn', required: true, description: POLICY }),
      tagKeys: t.stringList({ required: true, description: GIVEN_TAG_KEYS }),
    }),
  }),
  success: PolicyChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});
