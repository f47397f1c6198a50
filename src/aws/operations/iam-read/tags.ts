import type * as iam from '@aws-sdk/client-iam';
import { type Paged, paged } from './paging.ts';

/** A page of the tags of one entity: it has fifty at most. */
export async function tagPage(operation: string, input: Paged, tags: readonly iam.Tag[]) {
  const { entries, truncation } = await paged(operation, input, async ({ after, limit }) =>
    tags
      .map((tag) => ({ tag, key: tag.Key ?? '' }))
      .filter(({ key }) => after === null || key > after.key)
      .slice(0, limit),
  );
  return { Tags: entries.map(({ tag }) => tag), ...truncation };
}
