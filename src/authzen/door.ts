import type { GuardContext } from '../guard/context.ts';
import type { NameTable } from './names.ts';

/** What answers one request: its caller with the guards' services, and the operator's short names. */
export interface Door {
  readonly context: GuardContext;
  readonly table: NameTable;
}
