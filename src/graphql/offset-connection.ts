import type { ObjectRef } from '@pothos/core';
import { InvalidInput } from '../policy/errors.ts';
import { builder } from './builder.ts';
import { pageSize } from './page.ts';

export interface OffsetEdge<T> {
  readonly cursor: string;
  readonly node: T;
}

/** A page of computed answers in a fixed order, not read from a table: cursors are positions in that order. */
export interface OffsetPage<T> {
  readonly edges: readonly OffsetEdge<T>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}

export interface OffsetArguments {
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
export function offsetConnection<T extends object>(
  name: string,
  node: Ref<T>,
  words: ConnectionWords,
): Ref<OffsetPage<T>> {
  const Edge = builder.objectRef<OffsetEdge<T>>(`${name}Edge`).implement({
    description: words.entry,
    fields: (t) => ({
      cursor: t.string({
        description: 'Position of this entry. Pass it as `after` to continue after this entry',
        resolve: (edge) => edge.cursor,
      }),
      node: t.field({ type: node, description: 'The entry', resolve: (edge) => edge.node as never }), // as: T is the shape of `node`
    }),
  });
  return builder.objectRef<OffsetPage<T>>(`${name}Connection`).implement({
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
      totalCount: t.int({ description: 'Total number of entries', resolve: (page) => page.totalCount }),
    }),
  });
}

/** The requested range of entries. Throws InvalidInput for a page that is too large or an invalid cursor. */
export function offsetOf({ first, after }: OffsetArguments): { readonly offset: number; readonly limit: number } {
  return { offset: after == null ? 0 : positionOf(after) + 1, limit: pageSize(first) };
}

/** The page of `nodes`, which start at `offset` of a total of `totalCount`. */
export function toPage<T>(nodes: readonly T[], offset: number, totalCount: number): OffsetPage<T> {
  const edges = nodes.map((node, index) => ({ cursor: cursorOf(offset + index), node }));
  return {
    edges,
    totalCount,
    pageInfo: {
      hasNextPage: offset + nodes.length < totalCount,
      hasPreviousPage: offset > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The page that `args` request from a complete list. */
export function pageOfAll<T>(all: readonly T[], args: OffsetArguments): OffsetPage<T> {
  const { offset, limit } = offsetOf(args);
  return toPage(all.slice(offset, offset + limit), offset, all.length);
}

function cursorOf(position: number): string {
  return Buffer.from(`position:${position}`).toString('base64url');
}

function positionOf(cursor: string): number {
  const digits = /^position:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (digits === undefined) {
    throw new InvalidInput(
      'after',
      '`after` is not a cursor of this connection: give an `endCursor` or `cursor` that it has returned',
    );
  }
  return Number(digits);
}
