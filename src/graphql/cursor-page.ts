import { resolveCursorConnection } from '@pothos/plugin-relay';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './cost.ts';
import { checkPageSize, type PageArguments } from './page.ts';

/** A part of a list: between two cursors, at most `limit` entries, from its end if `inverted`. */
interface Part {
  readonly after?: string;
  readonly before?: string;
  readonly limit: number;
  readonly inverted: boolean;
}

interface CursorList<T> {
  /** Names the place of an entry. */
  readonly cursorOf: (entry: T) => string;
  /** Entries of a part, from the end if it is inverted. */
  readonly read: (part: Part) => Promise<readonly T[]>;
  /** Called when the number is selected. */
  readonly count: () => Promise<number>;
}

/** The page of a list that can be read in both directions. Throws InvalidInput for a page that is too large. */
export async function cursorPage<T>(args: PageArguments, { cursorOf, read, count }: CursorList<T>) {
  checkPageSize(args);
  const page = await resolveCursorConnection<Promise<readonly T[]>>(
    { args, defaultSize: DEFAULT_PAGE_SIZE, maxSize: MAX_PAGE_SIZE, toCursor: cursorOf },
    read,
  );
  const none = { startCursor: null, endCursor: null };
  return {
    ...page,
    pageInfo: page.edges.length === 0 ? { ...page.pageInfo, ...none } : page.pageInfo,
    totalCount: count,
  };
}
