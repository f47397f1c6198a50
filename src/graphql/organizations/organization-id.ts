import { decodeNodeId } from '../entities/node.ts';

/** The id of an organization (o-…), given as itself or as the global id of its node. */
export function organizationIdOf(given: string): string {
  const { typename, id } = decodeNodeId(given);
  const named = typename === 'Organization' ? id : given;
  // PostgreSQL texts cannot contain U+0000, not even in a search.
  return named.includes('\0') ? '' : named;
}
