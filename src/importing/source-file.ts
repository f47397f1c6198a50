import type { JsonValue } from '../policy/json.ts';

/** A file to be imported. */
export interface SourceFile {
  /** Parts separated by `/`, relative to what was given. */
  readonly path: string;
  readonly text: string;
}

/** A file that holds JSON within the limits. */
export interface ParsedFile extends SourceFile {
  readonly json: JsonValue;
}

/** Where something stands, for messages. */
export interface Place {
  readonly file: string;
  /** `Accounts[3]`, `role App`; empty: the file as a whole. */
  readonly place: string;
}
