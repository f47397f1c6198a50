import type { Facts } from './facts.ts';
import type { ParsedFile, SourceFile } from './source-file.ts';

/** One form in which directories come. Made anew for every import, so that it may remember what it took. */
export interface Form {
  /**
   * Recognises a file by what it holds, and takes what it says, now or at the end. Null: it is not of this form. Else the name
   * of the form, for the report: `answer of organizations list-roots`.
   */
  take(file: ParsedFile): string | null;
  /** The same for a file that is not one JSON value, but perhaps one in each line. */
  takeLines?(file: SourceFile): string | null;
  /** Called once all files are taken: what needs several files together is read here. */
  finish?(): void;
}

export type MakeForm = (facts: Facts) => Form;
