/** A policy document as a client gave it. */
export interface GivenDocument {
  /** JSON, or what should be. */
  readonly text: string;
  /** Given as text: lines and columns in it are the client's own. False: it was an object. */
  readonly written: boolean;
}

export function textsOf(documents: readonly GivenDocument[]): readonly string[] {
  return documents.map(({ text }) => text);
}
