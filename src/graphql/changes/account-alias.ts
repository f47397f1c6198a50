import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { knownAccount } from '../entities/known-account.ts';
import { EntityExistsFailure, NoSuchEntityFailure, ValidationFailure } from '../failures.ts';
import { type Changed, changedFields } from './changed-fields.ts';
import { changeMutation } from './entity-change.ts';

const AccountAliasChangeSuccess = builder.objectRef<Changed>('AccountAliasChangeSuccess').implement({
  description: 'The alias of the account was changed',
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account after the change, in a dry run before it',
      resolve: ({ arn }, _args, context) => knownAccount(context, arn),
    }),
    ...changedFields(t),
  }),
});

changeMutation('createAccountAlias', {
  description:
    'iam:CreateAccountAlias: gives an account an alias, in place of the one that it has. Needs iam:CreateAccountAlias in the account',
  input: builder.inputType('CreateAccountAliasInput', {
    description: 'The parameters of iam:CreateAccountAlias',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: 'The account' }),
      accountAlias: t.string({
        required: true,
        description: '3 to 63 characters of a-z 0-9 and single hyphens between them, unique among all accounts',
      }),
    }),
  }),
  success: AccountAliasChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('deleteAccountAlias', {
  description:
    'iam:DeleteAccountAlias: takes the alias of an account away. Needs iam:DeleteAccountAlias in the account',
  input: builder.inputType('DeleteAccountAliasInput', {
    description: 'The parameters of iam:DeleteAccountAlias',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: 'The account' }),
      accountAlias: t.string({ required: true, description: 'The alias that it has' }),
    }),
  }),
  success: AccountAliasChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});
