import type { ExportPage } from '../../directory/exporting/export-page.ts';
import { ownLines } from '../../importing/own-form/document.ts';
import { builder } from '../builder.ts';

const DirectoryExportPage = builder.objectRef<ExportPage>('DirectoryExportPage').implement({
  description: 'Some entities of the directory, all of one kind',
  fields: (t) => ({
    member: t.string({
      description: 'The member of each document that holds its entity: `roles`, `instanceProfiles` …',
      resolve: ({ kind }) => kind,
    }),
    documents: t.stringList({
      description:
        'Each entity as a JSON document of the form that `rolegate import` reads and `rolegate export --schema` describes',
      resolve: ({ document }) => [...ownLines(document)],
    }),
    next: t.exposeString('next', {
      nullable: true,
      description: 'The value of `after` for the next page; null: this is the last one',
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The state of the directory in which the export began',
      resolve: ({ revision }) => revision,
    }),
  }),
});

builder.queryField('directoryExport', (t) =>
  t.field({
    type: DirectoryExportPage,
    nullable: true,
    description:
      'The whole directory, page by page: everything but access keys, MFA devices, sessions and the audit trail. Only for ' +
      'the operator',
    args: {
      after: t.arg.string({ description: '`next` of the page before. Left out: the first page' }),
      unchangedSince: t.arg({
        type: 'Revision',
        description:
          'The `revision` of the first page: if the directory has changed since, the answer is the error CONFLICT',
      }),
    },
    resolve: (_root, { after, unchangedSince }, { directory }) =>
      directory.exports.page(after ?? null, unchangedSince ?? null),
  }),
);
