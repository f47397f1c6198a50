import type { AssumptionActions } from '../access/assume.ts';
import type { Directory } from '../directory/directory.ts';
import type { Secrets } from './secrets.ts';

/** What the parts of this folder share. */
export interface SessionTools {
  readonly directory: Directory;
  readonly actions: AssumptionActions;
  readonly secrets: Secrets;
}
