import type { Access } from '../access/access.ts';
import type { AssumptionActions } from '../access/assume.ts';
import type { Directory } from '../directory/directory.ts';
import type { IdentityStores } from '../directory/stores/identity-stores.ts';
import type { Secrets } from './secrets.ts';
import type { SessionTokens } from './session-token.ts';

/** The directory as sessions need it. */
export type SessionDirectory = Directory & IdentityStores;

/** Tools that the files of this folder share. */
export interface SessionTools {
  readonly directory: SessionDirectory;
  readonly actions: AssumptionActions;
  readonly namesAction: Access['namesAction'];
  readonly secrets: Secrets;
  readonly tokens: SessionTokens;
}
