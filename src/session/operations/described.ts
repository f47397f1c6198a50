import type { Catalog } from '../../catalog/catalog.ts';
import type { ChangeInputs } from '../../directory/entities/changes.ts';

/** What the audit trail and the first look at an input need to know of an operation. */
export interface Described<I> {
  /** AWS's action, `iam:DeleteRole`; its name is that of the event. */
  readonly action: string | ((input: I, catalog: Catalog) => string);
  /** ARN or id of what it is about. */
  readonly target: (input: I) => string;
  /** Throws what can be said of the input without the directory. Left out: nothing. */
  readonly check?: (input: I) => void;
  /** It deletes what it is about: whatever has that name afterwards is something else. Left out: it does not. */
  readonly ends?: true;
  /** The ARN that what it is about has afterwards. Left out: the one that it had. */
  readonly renames?: (input: I) => string;
  /** ARN of the permissions boundary that what it is about has afterwards; null: none. Left out: it stays as it was. */
  readonly boundary?: (input: I) => string | null;
}

/** A table of operations, by the names of their changes. */
export type OperationsOf<Name extends keyof ChangeInputs> = {
  readonly [Each in Name]: Described<ChangeInputs[Each]>;
};
