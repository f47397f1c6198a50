import { builder } from '../builder.ts';
import { TagInput } from '../entities/tag.ts';
import { readableUser, User } from '../entities/user.ts';
import { EntityExistsFailure, LimitFailure, NoSuchEntityFailure, ValidationFailure } from '../failures.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { GIVEN_TAG_KEYS, GIVEN_TAGS, IN_ACCOUNT, NEW_PATH, NEW_TAGS, nameOf, newName } from './created-name.ts';
import { changeMutation } from './entity-change.ts';
import { UserChangeSuccess } from './user-change.ts';

const CreateUserSuccess = builder.objectRef<Changed>('CreateUserSuccess').implement({
  description: 'The user was created: without credentials and without permissions',
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The new user; null in a dry run, and if the caller may not read it (iam:GetUser)',
      resolve: (change, _args, context) => created(change, () => readableUser(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

changeMutation('createUser', {
  description:
    'iam:CreateUser. Needs iam:CreateUser on the ARN that the user will have, with iam:PermissionsBoundary, aws:RequestTag and ' +
    'aws:TagKeys; with tags also iam:TagUser on it. An account has at most 5,000 users',
  input: builder.inputType('CreateUserInput', {
    description: 'The parameters of iam:CreateUser',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: IN_ACCOUNT }),
      userName: t.string({ required: true, description: nameOf('user', 64) }),
      path: t.string({ description: NEW_PATH }),
      permissionsBoundary: t.field({
        type: 'Arn',
        description: 'A managed policy of the account or of AWS, as its permissions boundary. Left out: it has none',
      }),
      tags: t.field({ type: [TagInput], description: NEW_TAGS }),
    }),
  }),
  success: CreateUserSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, LimitFailure],
  changeOf: async ({ userName, permissionsBoundary, tags, ...at }, context) => ({
    ...(await newName(context, at)),
    userName,
    permissionsBoundary,
    tags,
  }),
});

changeMutation('updateUser', {
  description:
    'iam:UpdateUser: gives a user another name or path, and so another ARN. It stays the same user: its keys, its policies, and ' +
    'the policies that name it as a principal go on to count; what names it in a Resource or a Condition does not follow. ' +
    'Needs iam:UpdateUser on both ARNs',
  input: builder.inputType('UpdateUserInput', {
    description: 'The parameters of iam:UpdateUser',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: 'The user' }),
      newUserName: t.string({ description: `${nameOf('user', 64)}. Left out: as before` }),
      newPath: t.string({ description: 'Begins and ends with a slash. Left out: as before' }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('tagUser', {
  description:
    'iam:TagUser: adds tags to a user, which can have 50. Needs iam:TagUser on the user, with aws:RequestTag and aws:TagKeys',
  input: builder.inputType('TagUserInput', {
    description: 'The parameters of iam:TagUser',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: 'The user' }),
      tags: t.field({ type: [TagInput], required: true, description: GIVEN_TAGS }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, LimitFailure],
  changeOf: (input) => input,
});

changeMutation('untagUser', {
  description: 'iam:UntagUser: takes tags from a user. Needs iam:UntagUser on the user, with aws:TagKeys',
  input: builder.inputType('UntagUserInput', {
    description: 'The parameters of iam:UntagUser',
    fields: (t) => ({
      userArn: t.field({ type: 'Arn', required: true, description: 'The user' }),
      tagKeys: t.stringList({ required: true, description: GIVEN_TAG_KEYS }),
    }),
  }),
  success: UserChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});
