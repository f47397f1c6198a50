import type { Facts } from './facts.ts';

/** An account in its organization. */
export interface Chain {
  readonly organizationId: string;
  /** The account, the units that it is in from the innermost out, and the root. */
  readonly ids: readonly string[];
  /** ou-…; null: it is directly under the root. */
  readonly unitId: string | null;
}

/** The way of an account to the root; a text: why it is not known. Null: nothing says that it is in an organization. */
export function chainOf(facts: Facts, accountId: string): Chain | string | null {
  const { organizationId, parentId } = facts.accounts.get(accountId);
  if (organizationId === null) return null;
  if (parentId === undefined) return organizationId === undefined ? null : 'which organizational unit it is in';
  const ids = [accountId];
  let at = parentId;
  while (!at.startsWith('r-')) {
    // A cycle is longer than the units that there are.
    if (ids.length > facts.units.size) return `how \`${parentId}\` leads to the root`;
    ids.push(at);
    const above = facts.units.get(at).parentId;
    if (above === undefined) return `what \`${at}\` is in`;
    at = above;
  }
  ids.push(at);
  const owner = facts.organizations.keys().find((id) => facts.organizations.get(id).rootId === at);
  if (owner === undefined) return `which organization the root \`${at}\` belongs to`;
  return { organizationId: owner, ids, unitId: parentId.startsWith('r-') ? null : parentId };
}
