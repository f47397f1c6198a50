import { ImportFilesDocument, type ImportFilesMutation } from '../../generated/console/questions.ts';
import type { TextFile } from '../files/bounds.ts';
import { ask } from './ask.ts';

export type ImportReport = Extract<
  ImportFilesMutation['importDirectory'],
  { readonly __typename: 'ImportDirectorySuccess' }
>;

export type Imported = { readonly report: ImportReport } | { readonly problem: string };

/**
 * Imports files, or looks at what importing them would do. Their text goes along as it is: uploads need a header that a
 * browser with a cookie does not have.
 */
export async function importFiles(files: readonly TextFile[], accountName: string, dryRun: boolean): Promise<Imported> {
  const input = {
    files: files.map(({ name, text }) => ({ name, content: text })),
    ...(accountName !== '' && { accountName }),
  };
  const { data, failure } = await ask(ImportFilesDocument, { input, dryRun });
  const result = data?.importDirectory ?? null;
  if (result?.__typename === 'ImportDirectorySuccess') return { report: result };
  return { problem: result?.message ?? failure?.sentence ?? 'The gateway does not say what became of it.' };
}
