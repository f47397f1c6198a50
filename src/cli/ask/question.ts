import type { Data, Variables } from '../gateway-answer.ts';

/** Which part of a list is printed. */
export interface Part {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Entries behind this part that `--first` leaves out. */
  readonly more: boolean;
}

/** What a command asks, and how the answer is shown to people. */
export interface Question {
  /** One GraphQL document. */
  readonly document: string;
  readonly variables: Variables;
  /**
   * Members of `data` that lead to a connection, all of whose pages are read: the document takes `$first` and `$after`. Null: there
   * is none.
   */
  readonly pages: readonly string[] | null;
  /** A new printer of the data: lines for a terminal, part by part. */
  printer(): (data: Data, part: Part) => string;
  /** The exit code that the data mean, of a list the greatest of its pages; left out: 0. */
  code?(data: Data): number;
}
