import type { Applied } from '../../directory/directory.ts';
import { parseAccountAuthorizationDetails } from '../../importing/account-authorization-details.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { aCall } from '../../session/call.ts';
import { importDocument } from '../../session/import-document.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { expectingFailures, ValidationFailure } from '../failures.ts';

const ImportAccountAuthorizationDetailsInput = builder.inputType('ImportAccountAuthorizationDetailsInput', {
  description: 'An export of an account’s IAM entities',
  fields: (t) => ({
    document: t.string({
      required: true,
      description:
        'The JSON that `aws iam get-account-authorization-details` prints, whole or one page of it, at most 33,554,432 characters',
    }),
    accountName: t.string({
      description: 'What people call the account, for an export of one account; left out: the name it has stays',
    }),
  }),
});

const ImportSuccess = builder.objectRef<Applied>('ImportSuccess').implement({
  description:
    'Everything in the export is in the directory: added, refreshed or as it was. All of it is of one revision',
  fields: (t) => ({
    accounts: t.field({
      type: [Account],
      description: 'The accounts it was about',
      resolve: ({ accounts }) => accounts.map((id) => brand({ id }, 'Account')),
    }),
    users: t.exposeInt('users', { description: 'How many users it held' }),
    groups: t.exposeInt('groups', { description: 'How many groups it held' }),
    roles: t.exposeInt('roles', { description: 'How many roles it held' }),
    policies: t.exposeInt('policies', { description: 'How many managed policies it held' }),
    warnings: t.stringList({
      description: 'What could not be understood and was left out, each with the entity and the element named',
      resolve: ({ warnings }) => [...warnings],
    }),
    changed: t.exposeBoolean('changed', {
      description: 'False when it held nothing new; the revision is then the old one',
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The state of the directory with the export in it',
      resolve: ({ revision }) => revision,
    }),
  }),
});

builder.mutationField('importAccountAuthorizationDetails', (t) =>
  t.field({
    type: ImportSuccess,
    nullable: true,
    description:
      'Adds or refreshes what the JSON holds: the answer of `aws iam get-account-authorization-details`, whole or one page ' +
      'of it. All or nothing. For the operator',
    args: {
      input: t.arg({ type: ImportAccountAuthorizationDetailsInput, required: true, description: 'What to import' }),
    },
    errors: {
      types: [ValidationFailure],
      union: { name: 'ImportResult', description: 'The export is in the directory, or why not' },
    },
    resolve: (_root, { input }, { directory, caller, now, origin }) =>
      expectingFailures(() =>
        importDocument({ directory }, aCall(caller, now, origin), () => {
          const { document, warnings } = parseAccountAuthorizationDetails(input.document);
          return { document: named(document, input.accountName ?? null), warnings };
        }),
      ),
  }),
);

type Document = ReturnType<typeof parseAccountAuthorizationDetails>['document'];

/** Characters. */
const MAX_ACCOUNT_NAME_LENGTH = 128;

function named(document: Document, name: string | null): Document {
  if (name === null) return document;
  // PostgreSQL stores no U+0000, and UTF-8 no half of a surrogate pair.
  if (name.trim() === '' || name.length > MAX_ACCOUNT_NAME_LENGTH || /\p{Cc}|\p{Surrogate}/u.test(name)) {
    throw new InvalidInput(
      'accountName',
      `\`accountName\` has to have 1 to ${MAX_ACCOUNT_NAME_LENGTH} characters, none of them a control character`,
    );
  }
  const accounts = document.accounts ?? [];
  const [account] = accounts;
  if (account === undefined || accounts.length > 1) {
    throw new InvalidInput(
      'accountName',
      `\`accountName\` is for an export of one account; this one holds ${accounts.length}`,
    );
  }
  return { ...document, accounts: [{ ...account, name }] };
}
