/** A policy document as the client gave it. */
export interface GivenDocument {
  /** JSON, or a text that should be JSON. */
  readonly text: string;
  /** Whether it was given as text: lines and columns are then those of the client. False: it was given as an object. */
  readonly written: boolean;
}

export function textsOf(documents: readonly GivenDocument[]): readonly string[] {
  return documents.map(({ text }) => text);
}
