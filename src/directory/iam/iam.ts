import type { Store } from '../store.ts';
import type { IamStore } from './iam-store.ts';
import { named } from './named.ts';

/** What IAM's own operations read. */
export function iam({ database }: Store): IamStore {
  return { named: (kind, accountId, name) => named(database, kind, accountId, name) };
}
