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

/** Who waits for files to be understood: told that it gets on, and asked whether anybody still waits. */
export interface Waiting {
  /** It gets on. */
  begin(): void;
  /** Calls `stopped` when nobody waits any more. */
  onStop(stopped: () => void): void;
}

/** Reads files and understands them. Throws a RolegateError on `files`. */
export type UnderstandFiles = (files: readonly GivenFile[], waiting?: Waiting) => Promise<UnderstoodFiles>;

/** An export of an account's IAM entities, read. */
export interface UnderstoodDetails {
  readonly document: DirectoryDocument;
  readonly warnings: readonly string[];
}

/** Reads the answer of GetAccountAuthorizationDetails. Throws a RolegateError on `document`. */
export type UnderstandDetails = (text: string, waiting?: Waiting) => Promise<UnderstoodDetails>;
