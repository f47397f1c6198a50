import type { Applied, ImportCounts } from '../../directory/directory.ts';
import type { KnowledgeInput } from '../../directory/document.ts';
import { withAccountName } from '../../importing/account-name.ts';
import type { GivenFile, UnderstoodFiles } from '../../importing/given-files.ts';
import { refuseUnrecognised } from '../../importing/summary.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { aCall } from '../../session/call.ts';
import { importDocument } from '../../session/import-document.ts';
import { builder } from '../builder.ts';
import { MAX_BATCH_SIZE } from '../cost.ts';
import type { Knowledge } from '../entities/knowledge.ts';
import { ConflictFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { changeArguments, changeOptions } from './change-arguments.ts';
import {
  type AccountReport,
  ImportCount,
  ImportedAccount,
  ImportedOrganization,
  ImportNote,
  type OrganizationReport,
  RecognisedForm,
  UnrecognisedFile,
} from './import-report.ts';
import { DRY_IMPORT, getsOn, IMPORT_LIMITS } from './import-work.ts';

const ImportFileInput = builder.inputType('ImportFileInput', {
  description: 'A file to import, with exactly one of `content` and `upload`',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'Its path, as it is below the folder of all files: parts separated by `/`, no `..`, at most 1,024 characters. ' +
        'Each file has another one. Some forms say something by it. `.`: an uploaded archive whose files have the names in it',
    }),
    content: t.string({ description: 'What it holds: JSON, or one JSON value on each line' }),
    upload: t.field({
      type: 'Upload',
      description: 'The file itself, in a multipart request. It may also be an archive: .zip, .tar or .tar.gz',
    }),
  }),
});

const ImportDirectoryInput = builder.inputType('ImportDirectoryInput', {
  description: 'Files that describe accounts and organizations',
  fields: (t) => ({
    files: t.field({
      type: [ImportFileInput],
      required: true,
      description:
        'The files, at most 10,000: any mix of forms, in any order. Together they may hold 512 MiB unpacked, one file 128 MiB',
    }),
    accountName: t.string({
      description: 'Name of the account, for files about one account. Left out: the name stays as it is',
    }),
  }),
});

/** The result of an import. */
interface Imported extends Pick<UnderstoodFiles, 'summary' | 'leftOut'> {
  readonly applied: Applied;
  readonly knowledge: readonly KnowledgeInput[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether nothing was stored. */
  readonly dryRun: boolean;
}

const ImportDirectorySuccess = builder.objectRef<Imported>('ImportDirectorySuccess').implement({
  description:
    'Everything that was recognised in the files is in the directory: added, updated or unchanged. All of it was written in ' +
    'one revision',
  fields: (t) => ({
    accounts: t.field({
      type: [ImportedAccount],
      description: 'What the import did, for each account of which the files say something',
      resolve: accountReports,
    }),
    organizations: t.field({
      type: [ImportedOrganization],
      description: 'What the import did, for each organization of which the files say something',
      resolve: organizationReports,
    }),
    shared: t.field({
      type: [ImportCount],
      description: 'What became of what belongs to no account, such as AWS managed policies',
      resolve: ({ applied }) =>
        applied.counts.filter(({ accountId, organizationId }) => accountId === null && organizationId === null),
    }),
    recognised: t.field({
      type: [RecognisedForm],
      description: 'The files that were recognised, form by form',
      resolve: ({ summary }) => [...summary.recognised],
    }),
    notRecognised: t.field({
      type: [UnrecognisedFile],
      description: 'Files that no form recognises, at most 1,000',
      resolve: ({ summary }) => [...summary.notRecognised],
    }),
    notRecognisedCount: t.int({
      description: 'Number of all files that no form recognises',
      resolve: ({ summary }) => summary.notRecognisedCount,
    }),
    notUnderstood: t.field({
      type: [ImportNote],
      description: 'What is not understood in recognised files, at most 1,000',
      resolve: ({ summary }) => [...summary.notUnderstood],
    }),
    notUnderstoodCount: t.int({
      description: 'Number of everything that is not understood in recognised files',
      resolve: ({ summary }) => summary.notUnderstoodCount,
    }),
    leftOut: t.stringList({
      description: 'What was left out before it was looked at, e.g. links in archives; a sentence for each',
      resolve: ({ leftOut }) => [...leftOut],
    }),
    warnings: t.stringList({
      description: 'What could not be stored as the files say, with the name of the entity',
      resolve: ({ applied }) => [...applied.warnings],
    }),
    changed: t.boolean({
      description: 'Whether the directory changed; if not, `revision` is the previous one',
      resolve: ({ applied }) => applied.changed,
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The revision of the directory that includes the files; in a dry run, the one that it was tried on',
      resolve: ({ applied }) => applied.revision,
    }),
    dryRun: t.exposeBoolean('dryRun', { description: DRY_IMPORT }),
  }),
});

builder.mutationField('importDirectory', (t) =>
  t.field({
    type: ImportDirectorySuccess,
    nullable: true,
    description:
      'Adds or updates accounts, organizations and resources from files: answers of the `aws` command, folders that ' +
      'iam-collect writes, and snapshots or query results of AWS Config. Forms are recognised by what the files hold. What a ' +
      'list that is known to be whole does not contain is removed. All or nothing. It also takes multipart requests with an ' +
      `\`authorization\` header. Only for the operator. ${NULL_RESULT}`,
    args: {
      input: t.arg({ type: ImportDirectoryInput, required: true, description: 'The files' }),
      ...changeArguments(t),
    },
    errors: {
      types: [ConflictFailure, ValidationFailure],
      union: { name: 'ImportDirectoryResult', description: 'The result of the import, or why it was not made' },
    },
    resolve: (_root, { input, ...asked }, { directory, understandFiles, caller, now, origin, work }) =>
      expectingFailures(async () => {
        let understood: UnderstoodFiles | undefined;
        const read = async () => {
          work.takesLong(IMPORT_LIMITS);
          understood = await understandFiles(givenFiles(input.files), work);
          refuseUnrecognised(understood.summary);
          return { document: withAccountName(understood.document, input.accountName ?? null), warnings: [] };
        };
        const call = aCall(caller, now, origin);
        const options = changeOptions(asked);
        const applied = await importDocument({ directory }, call, 'directory', read, () => getsOn(work), options);
        // It was read before it was applied.
        const { document, summary, leftOut } = understood as UnderstoodFiles;
        return {
          applied,
          summary,
          leftOut,
          knowledge: document.knowledge ?? [],
          at: now,
          dryRun: options.dryRun === true,
        };
      }),
  }),
);

type FileInput = typeof ImportFileInput.$inferInput;

/** Throws InvalidInput. Names are checked by who reads the files. */
function givenFiles(files: readonly FileInput[]): readonly GivenFile[] {
  if (files.length === 0 || files.length > MAX_BATCH_SIZE) {
    throw new InvalidInput('files', `\`files\` must have 1 to ${MAX_BATCH_SIZE} entries; it has ${files.length}`);
  }
  return files.map(({ name, content, upload }, index) => {
    if ((content == null) === (upload == null)) {
      throw new InvalidInput(
        `files[${index}]`,
        `\`files[${index}]\` must have exactly one of \`content\` and \`upload\``,
      );
    }
    return { name, content: upload == null ? { text: content ?? '' } : { storedAt: upload.path } };
  });
}

function accountReports({ applied, knowledge, at }: Imported): AccountReport[] {
  const reports = new Map<string, { counts: ImportCounts[]; knowledge: Knowledge[] }>();
  const reportOn = (id: string) => {
    const report = reports.get(id) ?? { counts: [], knowledge: [] };
    reports.set(id, report);
    return report;
  };
  for (const id of applied.accounts) reportOn(id);
  for (const each of applied.counts) if (each.accountId !== null) reportOn(each.accountId).counts.push(each);
  for (const each of knowledge) reportOn(each.accountId).knowledge.push(knowledgeOf(each, at));
  return [...reports].map(([id, report]) => ({ id, ...report }));
}

function organizationReports({ applied }: Imported): OrganizationReport[] {
  const reports = new Map<string, ImportCounts[]>();
  for (const each of applied.counts) {
    if (each.organizationId === null) continue;
    const counts = reports.get(each.organizationId) ?? [];
    reports.set(each.organizationId, counts);
    counts.push(each);
  }
  return [...reports].map(([id, counts]) => ({ id, counts }));
}

function knowledgeOf({ layer, service, state, missing }: KnowledgeInput, at: number): Knowledge {
  return {
    layer,
    service: service ?? null,
    state,
    at: state === 'COMPLETE' ? new Date(at) : null,
    missing: missing ?? [],
  };
}
