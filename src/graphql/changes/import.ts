import type { Applied } from '../../directory/directory.ts';
import { parseAccountAuthorizationDetails } from '../../importing/account-authorization-details.ts';
import { withAccountName } from '../../importing/account-name.ts';
import type { UnderstandDetails } from '../../importing/given-files.ts';
import { aCall } from '../../session/call.ts';
import { importDocument } from '../../session/import-document.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { ConflictFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { changeArguments, changeOptions } from './change-arguments.ts';
import { DRY_IMPORT, getsOn, IMPORT_LIMITS } from './import-work.ts';

const inThisThread: UnderstandDetails = async (text) => parseAccountAuthorizationDetails(text);

const ImportAccountAuthorizationDetailsInput = builder.inputType('ImportAccountAuthorizationDetailsInput', {
  description: 'An export of an account’s IAM entities',
  fields: (t) => ({
    document: t.string({
      required: true,
      description:
        'The JSON that `aws iam get-account-authorization-details` prints, all of it or one page, at most 33,554,432 ' +
        'characters',
    }),
    accountName: t.string({
      description: 'Name of the account, for an export of one account. Left out: the name stays as it is',
    }),
  }),
});

/** The result of an import, or of trying one. */
interface Imported extends Applied {
  readonly dryRun: boolean;
}

const ImportSuccess = builder.objectRef<Imported>('ImportSuccess').implement({
  description:
    'Everything in the export is in the directory: added, updated or unchanged. All of it was written in one revision',
  fields: (t) => ({
    accounts: t.field({
      type: [Account],
      description: 'The accounts in the export',
      resolve: ({ accounts }) => accounts.map((id) => brand({ id }, 'Account')),
    }),
    users: t.exposeInt('users', { description: 'Number of users in the export' }),
    groups: t.exposeInt('groups', { description: 'Number of groups in the export' }),
    roles: t.exposeInt('roles', { description: 'Number of roles in the export' }),
    policies: t.exposeInt('policies', { description: 'Number of managed policies in the export' }),
    warnings: t.stringList({
      description:
        'Parts that could not be understood and were left out, each with the name of the entity and the element',
      resolve: ({ warnings }) => [...warnings],
    }),
    changed: t.exposeBoolean('changed', {
      description: 'Whether the directory changed; if not, `revision` is the previous one',
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The revision of the directory that includes the export; in a dry run, the one that it was tried on',
      resolve: ({ revision }) => revision,
    }),
    dryRun: t.exposeBoolean('dryRun', { description: DRY_IMPORT }),
  }),
});

builder.mutationField('importAccountAuthorizationDetails', (t) =>
  t.field({
    type: ImportSuccess,
    nullable: true,
    description:
      'Adds or updates the entities in an export: the output of `aws iam get-account-authorization-details`, all of ' +
      `it or one page. All or nothing. Only for the operator. ${NULL_RESULT}`,
    args: {
      input: t.arg({ type: ImportAccountAuthorizationDetailsInput, required: true, description: 'The export' }),
      ...changeArguments(t),
    },
    errors: {
      types: [ConflictFailure, ValidationFailure],
      union: { name: 'ImportResult', description: 'The result of the import, or why it was not made' },
    },
    resolve: (_root, { input, ...asked }, { directory, caller, now, origin, work, understandDetails = inThisThread }) =>
      expectingFailures(async () => {
        const options = changeOptions(asked);
        const applied = await importDocument(
          { directory },
          aCall(caller, now, origin),
          'details',
          async () => {
            work.takesLong(IMPORT_LIMITS);
            const { document, warnings } = await understandDetails(input.document, work);
            return { document: withAccountName(document, input.accountName ?? null), warnings };
          },
          () => getsOn(work),
          options,
        );
        return { ...applied, dryRun: options.dryRun === true };
      }),
  }),
);
