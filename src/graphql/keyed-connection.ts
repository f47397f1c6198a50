import type { ObjectRef } from '@pothos/core';
import type { Revision } from '../directory/directory.ts';
import { builder } from './builder.ts';
import { notACursor, pageSize, textOfCursor } from './page.ts';

export interface KeyedEdge<T> {
  readonly cursor: string;
  readonly node: T;
}

/**
 * A page of answers that are worked out, not read from a table. A cursor names an entry by its key, and the revision that it
 * was worked out on: what is added or goes before it moves nobody to another page.
 */
export interface KeyedPage<T> {
  readonly edges: readonly KeyedEdge<T>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

interface ConnectionWords {
  /** What a page holds. */
  readonly page: string;
  /** What one entry is. */
  readonly entry: string;
}

type Ref<T> = ObjectRef<typeof builder.$inferSchemaTypes, T>;

/** Defines `<name>Connection` and `<name>Edge` over a type that is worked out. */
export function keyedConnection<T extends object, Page extends KeyedPage<T> = KeyedPage<T>>(
  name: string,
  node: Ref<T>,
  words: ConnectionWords,
): Ref<Page> {
  const Edge = builder.objectRef<KeyedEdge<T>>(`${name}Edge`).implement({
    description: words.entry,
    fields: (t) => ({
      cursor: t.string({
        description: 'Where this entry stands: give it as `after` to go on behind it',
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
        description: 'Whether there is more, and from where to go on',
        resolve: (page) => page.pageInfo,
      }),
      totalCount: t.int({ description: 'How many entries there are in all', resolve: (page) => page.totalCount }),
    }),
  });
}

/** The entry behind which a page begins. */
export interface Place {
  readonly revision: Revision;
  readonly key: string;
}

/** Where the page begins, null at the front, and how many entries it has at most. */
export interface PageRequest {
  readonly after: Place | null;
  readonly limit: number;
}

/** Which entries are asked for. Throws InvalidInput for a page that is too large or a cursor that is none. */
export function pageOf({ first, after }: PageArguments): PageRequest {
  return { after: after == null ? null : placeOf(after), limit: pageSize(first) };
}

/** A part of a list: `before` says how many entries precede it. */
export interface PartOfList<T> {
  readonly entries: readonly T[];
  readonly before: number;
  readonly total: number;
  readonly revision: Revision;
}

/** The page of a list, whose entries have the keys that `keyOf` says. */
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
 * The page of a list that is there as a whole, in the order of its keys: it goes on behind the key of the cursor, whether an
 * entry has it still or not, on whatever revision.
 */
export function pageByKey<T>(
  all: readonly T[],
  { after, limit }: PageRequest,
  revision: Revision,
  keyOf: (entry: T) => string,
): KeyedPage<T> {
  const first = after === null ? 0 : all.findIndex((entry) => keyOf(entry) > after.key);
  const before = first === -1 ? all.length : first;
  return toPage({ entries: all.slice(before, before + limit), before, total: all.length, revision }, keyOf);
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
