import { InvalidInput } from '../policy/errors.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './cost.ts';

interface PageArguments {
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}

/** Refuses a page that is too large instead of cutting it silently. */
function checkSize(name: 'first' | 'last', size: number | null | undefined): void {
  if (typeof size !== 'number') return;
  if (size < 0) throw new InvalidInput(name, `\`${name}\` is ${size}; it has to be 0 or more`);
  if (size > MAX_PAGE_SIZE)
    throw new InvalidInput(name, `\`${name}\` is ${size}; at most ${MAX_PAGE_SIZE} entries make a page`);
}

/** PostgreSQL has no U+0000 in its texts, not even to look for; other cursors that are none it just does not find. */
function checkCursor(name: 'after' | 'before', cursor: string | null | undefined): void {
  if (cursor == null || !Buffer.from(cursor, 'base64').includes(0)) return;
  throw new InvalidInput(name, `\`${name}\` is not a cursor of this connection: give one that it has answered`);
}

/** Options of every connection over the directory's tables. */
export const TABLE_PAGE = {
  totalCount: true,
  defaultSize: DEFAULT_PAGE_SIZE,
  maxSize: (args: PageArguments): number => {
    checkSize('first', args.first);
    checkSize('last', args.last);
    checkCursor('after', args.after);
    checkCursor('before', args.before);
    return MAX_PAGE_SIZE;
  },
} as const;

/** How many entries a page of worked-out answers is to have. */
export function pageSize(first: number | null | undefined): number {
  checkSize('first', first);
  return first ?? DEFAULT_PAGE_SIZE;
}

export const FIRST_DESCRIPTION = `How many entries to return: ${DEFAULT_PAGE_SIZE} when left out, at most 1,000`;
export const AFTER_DESCRIPTION = 'Begin behind the entry with this cursor';
