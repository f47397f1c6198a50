import { InvalidInput } from '../policy/errors.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './cost.ts';

interface PageArguments {
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}

function checkSize(name: 'first' | 'last', size: number | null | undefined): void {
  if (typeof size !== 'number') return;
  if (size < 0) throw new InvalidInput(name, `\`${name}\` is ${size}; it has to be 0 or more`);
  if (size > MAX_PAGE_SIZE)
    throw new InvalidInput(name, `\`${name}\` is ${size}; at most ${MAX_PAGE_SIZE} entries make a page`);
}

/** The longest cursor that is given out is that of an ARN. */
const MAX_CURSOR = 6000;

/** What stands in a cursor that this gateway has given out; null: it has not. */
export function textOfCursor(cursor: string): string | null {
  if (cursor.length > MAX_CURSOR) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  // PostgreSQL has no U+0000 in its texts, not even to look for.
  return text.includes('\0') ? null : text;
}

export function notACursor(name: 'after' | 'before'): InvalidInput {
  return new InvalidInput(name, `\`${name}\` is not a cursor of this connection: give one that it has answered`);
}

/** How Pothos begins the cursor of a row, which names a column that is a text. */
const ROW = 'GPC:S:';

function checkCursor(name: 'after' | 'before', cursor: string | null | undefined): void {
  if (cursor != null && textOfCursor(cursor)?.startsWith(ROW) !== true) throw notACursor(name);
}

/** Refuses a page that is too large instead of cutting it silently. */
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

/** How many entries a page of worked-out answers is to have. */
export function pageSize(first: number | null | undefined): number {
  checkSize('first', first);
  return first ?? DEFAULT_PAGE_SIZE;
}

export const FIRST_DESCRIPTION = `How many entries to return: ${DEFAULT_PAGE_SIZE} when left out, at most 1,000`;
export const AFTER_DESCRIPTION = 'Begin behind the entry with this cursor';
