import { InvalidInput } from '../policy/errors.ts';
import type { FileNote } from './file-notes.ts';
import type { ImportReport } from './import-files.ts';

/** What became of the files of an import, form by form. However many files there are, its size is bounded. */
export interface ImportSummary {
  readonly recognised: readonly RecognisedForm[];
  /** Files that were left alone, and what they look like. */
  readonly notRecognised: readonly { readonly file: string; readonly what: string }[];
  /** Of all such files, those that are not listed included. */
  readonly notRecognisedCount: number;
  /** What is not understood in files that were recognised, or keeps what they say from being stored. */
  readonly notUnderstood: readonly FileNote[];
  /** Of all such notes, those that are not listed included. */
  readonly notUnderstoodCount: number;
}

/** The files of one form. */
export interface RecognisedForm {
  readonly form: string;
  readonly count: number;
  /** Their names, in order; of very many files only the first. */
  readonly files: readonly string[];
}

/** Names of recognised files in one summary. */
const MAX_FILES = 10_000;
/** Files that are not recognised in one summary. */
const MAX_NOT_RECOGNISED = 1000;

export function summaryOf({ recognised, notRecognised, notUnderstood, notListed }: ImportReport): ImportSummary {
  const forms = new Map<string, { count: number; readonly files: string[] }>();
  for (const [index, { file, form }] of recognised.entries()) {
    const files = forms.get(form) ?? { count: 0, files: [] };
    forms.set(form, files);
    files.count++;
    if (index < MAX_FILES) files.files.push(file);
  }
  return {
    recognised: [...forms]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([form, files]) => ({ form, ...files })),
    notRecognised: notRecognised.slice(0, MAX_NOT_RECOGNISED),
    notRecognisedCount: notRecognised.length,
    notUnderstood,
    notUnderstoodCount: notUnderstood.length + notListed,
  };
}

/** Of files that are not recognised; enough to see of what kind they are. */
const MAX_NAMED = 20;

/** One line for each file that is not recognised, and one for those that are not named. */
export function notRecognisedLines({ notRecognised, notRecognisedCount }: ImportSummary): readonly string[] {
  const named = notRecognised.slice(0, MAX_NAMED).map(({ file, what }) => `${file}: not recognised: ${what}`);
  const more = notRecognisedCount - named.length;
  return more > 0 ? [...named, `${more} more files are not recognised`] : named;
}

/** Throws InvalidInput on `files` if none of them was recognised: somebody has taken the wrong ones. */
export function refuseUnrecognised(summary: ImportSummary): void {
  if (summary.recognised.length > 0) return;
  throw new InvalidInput('files', ['nothing was recognised', ...notRecognisedLines(summary)].join('\n  '));
}
