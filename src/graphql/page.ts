import { InvalidInput } from '../policy/errors.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './cost.ts';

interface PageArguments {
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}

/** Refuses a page that is too large, instead of silently returning a smaller one. */
function checkSize(name: 'first' | 'last', size: number | null | undefined): void {
  if (typeof size !== 'number') return;
  if (size < 0) throw new InvalidInput(name, `\`${name}\` is ${size}; it must be 0 or more`);
  if (size > MAX_PAGE_SIZE)
    throw new InvalidInput(name, `\`${name}\` is ${size}; a page has at most ${MAX_PAGE_SIZE} entries`);
}

/** PostgreSQL cannot hold U+0000 in texts, not even in a search; other invalid cursors are just not found. */
function checkCursor(name: 'after' | 'before', cursor: string | null | undefined): void {
  if (cursor == null || !Buffer.from(cursor, 'base64').includes(0)) return;
  throw new InvalidInput(name, `\`${name}\` is not a cursor of this connection: give a cursor that it has returned`);
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

/** Size of a page of computed answers. */
export function pageSize(first: number | null | undefined): number {
  checkSize('first', first);
  return first ?? DEFAULT_PAGE_SIZE;
}

export const FIRST_DESCRIPTION = `Number of entries to return, at most 1,000. Left out: ${DEFAULT_PAGE_SIZE}`;
export const AFTER_DESCRIPTION = 'Start after the entry with this cursor';
