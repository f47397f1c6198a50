import type { Store } from '../store.ts';
import { selectCounts, selectPages } from './find-statement.ts';
import type { FindStore, Found } from './find-store.ts';
import { readRows } from './read-rows.ts';

/** Pages in one statement. */
const MOST_PAGES = 100;

interface FoundRow extends Found {
  readonly page: number;
  readonly place: number;
}

/** `items` in parts of at most MOST_PAGES, one statement each. */
async function inParts<Item, Result>(
  items: readonly Item[],
  work: (part: readonly Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += MOST_PAGES) {
    results.push(...(await work(items.slice(from, from + MOST_PAGES))));
  }
  return results;
}

/** Lists of entities, read by one statement each. */
export function find({ database }: Store): FindStore {
  return {
    pages: (pages) =>
      inParts(pages, async (part) => {
        const { text, parameters } = selectPages(part);
        const found = part.map((): Found[] => []);
        for (const row of await database.query<FoundRow>(text, parameters)) {
          const { page, place, kind, id, arn, accountId, defaultVersionId, key } = row;
          const entries = found[page];
          if (entries !== undefined) entries[place - 1] = { kind, id, arn, accountId, defaultVersionId, key };
        }
        return found;
      }),

    counts: (selections) =>
      inParts(selections, async (part) => {
        const { text, parameters } = selectCounts(part);
        const rows = await database.query<{ readonly page: number; readonly entries: number }>(text, parameters);
        const entries = new Map(rows.map((row) => [row.page, row.entries]));
        return part.map((_selection, index) => entries.get(index) ?? 0);
      }),

    rows: (wanted) => readRows(database, wanted),
  };
}
