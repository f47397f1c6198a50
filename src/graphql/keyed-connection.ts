import type { ObjectRef } from '@pothos/core';
import type { Revision } from '../directory/directory.ts';
import { builder } from './builder.ts';
import { inTurn } from './in-turn.ts';
import { notACursor, pageSize, textOfCursor } from './page.ts';

export interface KeyedEdge<T> {
  readonly cursor: string;
  readonly node: T;
}

/**
 * A page of computed answers, not read from a table. A cursor holds the key of an entry and the revision on which it was
 * computed, so that entries that are added or removed move no other entry to another page.
 */
export interface KeyedPage<T> {
  readonly edges: readonly KeyedEdge<T>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Or how to count them, which is done when the number is selected. */
  readonly totalCount: number | (() => Promise<number>);
}

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

interface ConnectionWords {
  /** Description of a page. */
  readonly page: string;
  /** Description of an entry. */
  readonly entry: string;
}

type Ref<T> = ObjectRef<typeof builder.$inferSchemaTypes, T>;

/** Defines `<name>Connection` and `<name>Edge` over computed entries. */
export function keyedConnection<T extends object, Page extends KeyedPage<T> = KeyedPage<T>>(
  name: string,
  node: Ref<T>,
  words: ConnectionWords,
): Ref<Page> {
  const Edge = builder.objectRef<KeyedEdge<T>>(`${name}Edge`).implement({
    description: words.entry,
    fields: (t) => ({
      cursor: t.string({
        description: 'Position of this entry. Pass it as `after` to continue after this entry',
        resolve: (edge) => edge.cursor,
      }),
      node: t.field({ type: node, description: 'The entry', resolve: (edge) => edge.node as never }), // as: T is the shape of `node`
    }),
  });
  return builder.objectRef<Page>(`${name}Connection`).implement({
    description: words.page,
    fields: (t) => ({
      edges: t.field({
        type: [Edge],
        description: 'The entries of this page, each with its cursor',
        resolve: (page) => [...page.edges],
      }),
      nodes: t.field({
        type: [node],
        description: 'The entries of this page, without their cursors',
        resolve: (page) => page.edges.map((edge) => edge.node) as never, // as: T is the shape of `node`
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        description: 'Whether there are more entries, and the cursors to continue with',
        resolve: (page) => page.pageInfo,
      }),
      totalCount: t.int({
        description: 'Total number of entries',
        resolve: ({ totalCount }, _args, context) =>
          typeof totalCount === 'number' ? totalCount : inTurn(context, totalCount),
      }),
    }),
  });
}

/** The entry after which a page starts. */
export interface Place {
  readonly revision: Revision;
  readonly key: string;
}

/** A requested page. `after` null: the first one. */
export interface PageRequest {
  readonly after: Place | null;
  readonly limit: number;
}

/** The requested page. Throws InvalidInput for a page that is too large or an invalid cursor. */
export function pageOf({ first, after }: PageArguments): PageRequest {
  return { after: after == null ? null : placeOf(after), limit: pageSize(first) };
}

/** A part of a list; `before` is the number of entries that precede it. */
export interface PartOfList<T> {
  readonly entries: readonly T[];
  readonly before: number;
  readonly total: number;
  readonly revision: Revision;
}

/** The page that holds a part of a list. `keyOf` returns the key of an entry. */
export function toPage<T>({ entries, before, total, revision }: PartOfList<T>, keyOf: (entry: T) => string) {
  const edges = entries.map((node) => ({ cursor: cursorOf({ revision, key: keyOf(node) }), node }));
  return {
    edges,
    totalCount: total,
    pageInfo: {
      hasNextPage: before + entries.length < total,
      hasPreviousPage: before > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/**
 * A page of a complete list that is in the order of its keys. It continues after the key in the cursor, on any revision and
 * even if no entry has that key any more.
 */
export function pageByKey<T>(
  all: readonly T[],
  { after, limit }: PageRequest,
  revision: Revision,
  keyOf: (entry: T) => string,
): KeyedPage<T> {
  const before = after === null ? 0 : firstBehind(all, after.key, keyOf);
  return toPage({ entries: all.slice(before, before + limit), before, total: all.length, revision }, keyOf);
}

/** The place of the first entry behind a key. */
function firstBehind<T>(all: readonly T[], key: string, keyOf: (entry: T) => string): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // as: within the list
    if (keyOf(all[middle] as T) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A list in the order of its keys of which every part has to be worked out. */
interface ListByKey<T> {
  /** The first entries behind a key, at most `most`; null: behind none. */
  after(key: string | null, most: number): Promise<readonly T[]>;
  /** Whether no entry has this key, or one in front of it. */
  startsAfter(key: string): Promise<boolean>;
  count(): Promise<number>;
}

/** As `pageByKey`, and no more of the list is worked out than the page shows. */
export async function pageOfList<T>(
  list: ListByKey<T>,
  { after, limit }: PageRequest,
  revision: Revision,
  keyOf: (entry: T) => string,
): Promise<KeyedPage<T>> {
  const found = await list.after(after?.key ?? null, limit + 1);
  const before = after === null || (await list.startsAfter(after.key)) ? 0 : 1;
  const page = toPage({ entries: found.slice(0, limit), before, total: before + found.length, revision }, keyOf);
  return { ...page, totalCount: () => list.count() };
}

const CURSOR = /^entry:(\d{1,18}):(.+)$/s;

function cursorOf({ revision, key }: Place): string {
  return Buffer.from(`entry:${revision}:${key}`).toString('base64url');
}

function placeOf(cursor: string): Place {
  const [, revision, key] = CURSOR.exec(textOfCursor(cursor) ?? '') ?? [];
  if (revision === undefined || key === undefined) throw notACursor('after');
  return { revision: BigInt(revision), key };
}
