import { InvalidInput } from '../policy/errors.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './cost.ts';

export interface PageArguments {
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}

function checkSize(name: 'first' | 'last', size: number | null | undefined): void {
  if (typeof size !== 'number') return;
  if (size < 0) throw new InvalidInput(name, `\`${name}\` is ${size}; it must be 0 or more`);
  if (size > MAX_PAGE_SIZE)
    throw new InvalidInput(name, `\`${name}\` is ${size}; a page has at most ${MAX_PAGE_SIZE} entries`);
}

/** Greatest length of a cursor: the longest ones hold an ARN. */
const MAX_CURSOR = 6000;

/** The text in a cursor; null: this gateway cannot have returned it. */
export function textOfCursor(cursor: string): string | null {
  if (cursor.length > MAX_CURSOR) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  // PostgreSQL cannot hold U+0000 in texts, not even in a search.
  return text.includes('\0') ? null : text;
}

export function notACursor(name: 'after' | 'before'): InvalidInput {
  return new InvalidInput(name, `\`${name}\` is not a cursor of this connection: give a cursor that it has returned`);
}

/** The start of the cursors that Pothos makes of a text column. */
const ROW = 'GPC:S:';

function checkCursor(name: 'after' | 'before', cursor: string | null | undefined): void {
  if (cursor != null && textOfCursor(cursor)?.startsWith(ROW) !== true) throw notACursor(name);
}

/** Refuses a page that is too large instead of silently returning a smaller one. */
export function checkPageSize(args: PageArguments): void {
  checkSize('first', args.first);
  checkSize('last', args.last);
}

/** Options of every connection over the directory's tables. */
export const TABLE_PAGE = {
  totalCount: true,
  defaultSize: DEFAULT_PAGE_SIZE,
  maxSize: (args: PageArguments): number => {
    checkPageSize(args);
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
