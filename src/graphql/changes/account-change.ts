import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { readableAccount } from '../entities/readable-entities.ts';
import {
  ConstraintFailure,
  DeleteConflictFailure,
  EntityExistsFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { changeMutation } from './entity-change.ts';
import { said } from './said.ts';

const CreateAccountSuccess = builder.objectRef<Changed>('CreateAccountSuccess').implement({
  description: 'The account is there; in a dry run, it would be',
  fields: (t) => ({
    accountId: t.field({
      type: 'AccountId',
      description: 'Id of the account; in a dry run, the one that was given, or one that it could have',
      resolve: ({ arn }) => arn,
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The new account; null in a dry run, or if the caller may not read it',
      resolve: (change, _args, context) => created(change, () => readableAccount(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const AccountChangeSuccess = builder.objectRef<Changed>('AccountChangeSuccess').implement({
  description: 'The account, or its place, was changed; the change takes effect at the next request',
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account after the change, in a dry run before it; null if the caller may not read it',
      resolve: ({ arn }, _args, context) => readableAccount(context, arn),
    }),
    ...changedFields(t),
  }),
});

const CloseAccountSuccess = builder.objectRef<Changed>('CloseAccountSuccess').implement({
  description: 'The account is gone, with everything in it; in a dry run, it would be',
  fields: (t) => ({
    closedAccountId: t.field({ type: 'AccountId', description: 'Id of the account', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const ACCOUNT = 'The account';
const ORGANIZATION = 'Id of the organization: o-…';
const NAME = 'Name of the account: 1 to 50 characters';

changeMutation('createAccount', {
  description:
    'organizations:CreateAccount: makes an account. In an organization it lies under the root, with a role that lets the principals of ' +
    'the management account in as administrators. Needs organizations:CreateAccount in the management account. Only the operator may ' +
    'choose the id, or make an account that belongs to no organization',
  input: builder.inputType('CreateAccountInput', {
    description: 'The parameters of organizations:CreateAccount that the directory holds',
    fields: (t) => ({
      name: t.string({ required: true, description: NAME }),
      accountId: t.field({
        type: 'AccountId',
        description: 'A gateway extension: its id. Left out: one that no account of the directory has is made',
      }),
      organizationId: t.string({ description: `${ORGANIZATION}. Left out: it belongs to none` }),
      partition: t.string({
        description:
          'aws, aws-cn, aws-us-gov …. Left out: that of the organization, and `aws` outside of organizations',
      }),
      roleName: t.string({
        description: 'Name of the role for the management account. Left out: OrganizationAccountAccessRole',
      }),
    }),
  }),
  success: CreateAccountSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: said,
});

changeMutation('putAccountName', {
  description:
    'account:PutAccountName: gives an account another name. Needs account:PutAccountName in the account, or on it in the management ' +
    'account of its organization',
  input: builder.inputType('PutAccountNameInput', {
    description: 'The parameters of account:PutAccountName',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: ACCOUNT }),
      name: t.string({ required: true, description: NAME }),
    }),
  }),
  success: AccountChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('closeAccount', {
  description:
    'organizations:CloseAccount: removes an account from the directory at once: it cannot be opened again. Policies elsewhere that name ' +
    'its users and roles still mean these. Needs organizations:CloseAccount on the account in the management account',
  input: builder.inputType('CloseAccountInput', {
    description: 'The parameters of organizations:CloseAccount',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: ACCOUNT }),
      organizationId: t.string({
        description: `${ORGANIZATION}. Left out: wherever the account is, which only the operator may say`,
      }),
      withDependents: t.boolean({
        description:
          'A gateway extension. Whether to close it with its users, roles, resources and everything else in it. Left out: no, and ' +
          'DeleteConflict if there is anything',
      }),
    }),
  }),
  success: CloseAccountSuccess,
  failures: [NoSuchEntityFailure, DeleteConflictFailure, ConstraintFailure, ValidationFailure],
  changeOf: said,
});

changeMutation('moveAccount', {
  description:
    'organizations:MoveAccount: moves an account to a unit of its organization, or to the root. The control policies above its new ' +
    'place apply at once. Needs organizations:MoveAccount on the account, on where it was and on where it goes',
  input: builder.inputType('MoveAccountInput', {
    description: 'The parameters of organizations:MoveAccount',
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      accountId: t.field({ type: 'AccountId', required: true, description: ACCOUNT }),
      sourceParentId: t.string({
        description: 'The root or unit that it lies in: r-… or ou-…. Left out: wherever it lies',
      }),
      destinationParentId: t.string({ required: true, description: 'The root or unit that it moves to: r-… or ou-…' }),
    }),
  }),
  success: AccountChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: said,
});

const memberInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      organizationId: t.string({ required: true, description: ORGANIZATION }),
      accountId: t.field({ type: 'AccountId', required: true, description: ACCOUNT }),
    }),
  });

changeMutation('addAccountToOrganization', {
  description:
    'A gateway extension in place of an invitation (organizations:InviteAccountToOrganization) and its acceptance: puts an account that ' +
    'belongs to no known organization under the root of one. Only the operator may, because the account itself is not asked',
  input: memberInput('AddAccountToOrganizationInput', 'An account, and the organization that it gets into'),
  success: AccountChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('removeAccountFromOrganization', {
  description:
    'organizations:RemoveAccountFromOrganization: the account belongs to no organization then, and no control policies limit it. Needs ' +
    'organizations:RemoveAccountFromOrganization on the account in the management account',
  input: memberInput(
    'RemoveAccountFromOrganizationInput',
    'The parameters of organizations:RemoveAccountFromOrganization',
  ),
  success: AccountChangeSuccess,
  failures: [NoSuchEntityFailure, ConstraintFailure, ValidationFailure],
  changeOf: (input) => input,
});
