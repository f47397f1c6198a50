import type { DirectoryDocument } from '../directory/document.ts';
import type { ImportSummary } from './summary.ts';

/** A file as a caller gives it. */
export interface GivenFile {
  /** Its path, for messages and for forms that say something by the names of files. */
  readonly name: string;
  /** Its text, or the path at which it is stored; that file may be an archive. */
  readonly content: { readonly text: string } | { readonly storedAt: string };
}

/** What files say. */
export interface UnderstoodFiles {
  readonly document: DirectoryDocument;
  readonly summary: ImportSummary;
  /** What was left out before it was looked at, one sentence each. */
  readonly leftOut: readonly string[];
}

/** Reads files and understands them. Throws a RolegateError on `files`. */
export type UnderstandFiles = (files: readonly GivenFile[]) => Promise<UnderstoodFiles>;
