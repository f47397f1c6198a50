import type { FindFilter, Found } from '../../../directory/find/find-store.ts';
import { type OwnedKind, visibleInAccount } from '../../../guard/visible-entities.ts';
import type { AwsContext } from '../operation.ts';
import { type Page, type Paged, paged } from './paging.ts';

/**
 * A page of entities of an account, in the order of their names: what GraphQL's lists show of it. Another guard has decided
 * that the caller may list them.
 */
export async function pageInAccount(
  context: AwsContext,
  operation: string,
  kinds: readonly OwnedKind[],
  accountId: string,
  { path = '/', ...others }: FindFilter,
  input: Paged,
): Promise<Page<Found>> {
  // Without a filter that says nothing, a page is read in the order of an index.
  const filter: FindFilter = path === '/' ? others : { path, ...others };
  const selections = await Promise.all(kinds.map((kind) => visibleInAccount(context, kind, accountId, filter)));
  const scopes = selections.flatMap((selection) => selection.scopes);
  return paged(operation, input, async ({ after, limit }) => {
    const order = { field: 'NAME', descending: false } as const;
    const place = after === null ? {} : { after: { key: after.key, id: after.id ?? '' } };
    const [found = []] = await context.directory.find.pages([{ scopes, filter, order, limit, ...place }]);
    return found;
  });
}

export function idsOf(page: Page<Found>): readonly string[] {
  return page.entries.map(({ id }) => id);
}
