import type { NamedEntity, NamedKind } from './named.ts';

/** What IAM's own operations read: entities by their names, and lists in the order of names. */
export interface IamStore {
  /**
   * The entity with this name in an account, whatever its path and the case of its name: names are unique without them. Null:
   * there is none.
   */
  named(kind: NamedKind, accountId: string, name: string): Promise<NamedEntity | null>;
}
