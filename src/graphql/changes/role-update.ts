import { builder } from '../builder.ts';
import { Role, readableRole } from '../entities/role.ts';
import { TagInput } from '../entities/tag.ts';
import {
  EntityExistsFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  UnmodifiableFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { GIVEN_TAG_KEYS, GIVEN_TAGS, IN_ACCOUNT, NEW_PATH, NEW_TAGS, nameOf, newName } from './created-name.ts';
import { changeMutation } from './entity-change.ts';
import { RoleChangeSuccess } from './role-change.ts';

const CreateRoleSuccess = builder.objectRef<Changed>('CreateRoleSuccess').implement({
  description: 'The role was created: without permissions of its own',
  fields: (t) => ({
    role: t.field({
      type: Role,
      nullable: true,
      description: 'The new role; null in a dry run, and if the caller may not read it (iam:GetRole)',
      resolve: (change, _args, context) => created(change, () => readableRole(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const DESCRIPTION = 'What the role is for, at most 1,000 characters';
const DURATION = 'The longest that a session of the role may last, in seconds: 3,600 to 43,200';

changeMutation('createRole', {
  description:
    'iam:CreateRole. Needs iam:CreateRole on the ARN that the role will have, with iam:PermissionsBoundary, aws:RequestTag and ' +
    'aws:TagKeys; with tags also iam:TagRole on it. An account has at most 10,000 roles',
  input: builder.inputType('CreateRoleInput', {
    description: 'The parameters of iam:CreateRole',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: IN_ACCOUNT }),
      roleName: t.string({ required: true, description: nameOf('role', 64) }),
      path: t.string({ description: NEW_PATH }),
      assumeRolePolicyDocument: t.field({
        type: 'PolicyDocument',
        required: true,
        description: 'The trust policy, at most 8,192 characters, not counting whitespace',
      }),
      description: t.string({ description: DESCRIPTION }),
      maxSessionDuration: t.int({ description: `${DURATION}. Left out: 3,600` }),
      permissionsBoundary: t.field({
        type: 'Arn',
        description: 'A managed policy of the account or of AWS, as its permissions boundary. Left out: it has none',
      }),
      tags: t.field({ type: [TagInput], description: NEW_TAGS }),
    }),
  }),
  success: CreateRoleSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: async ({ accountId, path, assumeRolePolicyDocument, ...rest }, context) => ({
    ...rest,
    ...(await newName(context, { accountId, path })),
    assumeRolePolicyDocument: assumeRolePolicyDocument.text,
  }),
});

changeMutation('updateRole', {
  description:
    'iam:UpdateRole: changes the description and the longest duration of sessions of a role. Live sessions last as long as they ' +
    'were given. Needs iam:UpdateRole on the role, with iam:PermissionsBoundary',
  input: builder.inputType('UpdateRoleInput', {
    description: 'The parameters of iam:UpdateRole',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: 'The role' }),
      description: t.string({ description: `${DESCRIPTION}. Left out: as before` }),
      maxSessionDuration: t.int({ description: `${DURATION}. Left out: as before` }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('tagRole', {
  description:
    'iam:TagRole: adds tags to a role, which can have 50. Needs iam:TagRole on the role, with aws:RequestTag and aws:TagKeys',
  input: builder.inputType('TagRoleInput', {
    description: 'The parameters of iam:TagRole',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: 'The role' }),
      tags: t.field({ type: [TagInput], required: true, description: GIVEN_TAGS }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, LimitFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});

changeMutation('untagRole', {
  description: 'iam:UntagRole: takes tags from a role. Needs iam:UntagRole on the role, with aws:TagKeys',
  input: builder.inputType('UntagRoleInput', {
    description: 'The parameters of iam:UntagRole',
    fields: (t) => ({
      roleArn: t.field({ type: 'Arn', required: true, description: 'The role' }),
      tagKeys: t.stringList({ required: true, description: GIVEN_TAG_KEYS }),
    }),
  }),
  success: RoleChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, UnmodifiableFailure],
  changeOf: (input) => input,
});
