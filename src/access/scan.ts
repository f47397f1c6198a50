import type { AskedDirectory, Revision } from '../directory/directory.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Work } from './work.ts';

/** Number of entities in one page, which bounds the memory of a scan. */
export const SCAN_PAGE = 500;

/** Number of entities that are gathered, and decided, before others may have their turn. */
const PART = 100;

/** Pages in parts. */
export function* partsOf<T>(page: readonly T[]): Iterable<readonly T[]> {
  for (let start = 0; start < page.length; start += PART) yield page.slice(start, start + PART);
}

export async function* partsOfPages<T>(
  pages: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[], void, undefined> {
  for await (const page of pages) yield* partsOf(page);
}

/** Number of attempts of a scan if the directory changes meanwhile. */
const SCAN_ATTEMPTS = 5;

/** Given to a scan: throws `RevisionMoved` if a part of it has another revision than the parts before. */
export interface OneRevision {
  (revision: Revision): void;
  /** That of the first part, from which the others need not read it anew; undefined: there was none yet. */
  readonly first?: Revision | undefined;
}

class RevisionMoved extends Error {}

/**
 * Runs `scan`, which asks the directory several times, so that all its answers are of one revision: it starts again when
 * the directory changed on the way. Throws CONFLICT when it keeps changing.
 */
export async function onOneRevision<T>(scan: (check: OneRevision) => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < SCAN_ATTEMPTS; attempt += 1) {
    const check: OneRevision & { first?: Revision } = (revision) => {
      check.first ??= revision;
      if (revision !== check.first) throw new RevisionMoved();
    };
    try {
      return await scan(check);
    } catch (error) {
      if (!(error instanceof RevisionMoved)) throw error;
    }
  }
  throw new RolegateError('CONFLICT', 'the directory kept changing while it was searched; try again');
}

/** Pages of the ARNs of all users or roles in their order, or of those of one account. */
export async function* pagesOf(
  directory: AskedDirectory,
  kind: 'userArns' | 'roleArns',
  work: Work,
  accountId?: string,
): AsyncGenerator<readonly string[], void, undefined> {
  const where = { limit: SCAN_PAGE, ...(accountId === undefined ? {} : { accountId }) };
  let after: string | undefined;
  for (;;) {
    const page = await directory[kind](after === undefined ? where : { after, ...where });
    if (page.length > 0) yield page;
    if (page.length < SCAN_PAGE) return;
    await work.rest();
    after = page.at(-1);
  }
}
