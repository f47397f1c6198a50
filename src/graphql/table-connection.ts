import type { InterfaceRef, ObjectRef } from '@pothos/core';
import { builder } from './builder.ts';
import { countField } from './count-field.ts';
import { CursorPage } from './cursor-page.ts';

interface ConnectionWords {
  /** Description of a page. */
  readonly page: string;
  /** Description of an entry. */
  readonly entry: string;
}

type SchemaTypes = typeof builder.$inferSchemaTypes;
type Ref<T> = InterfaceRef<SchemaTypes, T> | ObjectRef<SchemaTypes, T>;

/** What Pothos puts on the connection, where it makes the page. */
interface MadePage<T> {
  readonly edges: readonly { readonly node: T }[];
}

/**
 * Defines `<name>Connection` and `<name>Edge` over entries that are read from a table. Each noun has one, whichever field
 * lists it, so that clients can share fragments on it.
 */
export function tableConnection<T>(name: string, node: Ref<T>, { page, entry }: ConnectionWords) {
  return builder.connectionObject(
    {
      type: node,
      name: `${name}Connection`,
      description: page,
      fields: (t) => ({
        ...countField(t),
        // In place of the field that Pothos makes: that one makes all edges first.
        nodes: t.field({
          type: [node],
          description: 'The entries of this page, without their cursors',
          resolve: (connection: unknown) =>
            (connection instanceof CursorPage
              ? connection.nodes
              : (connection as MadePage<T>).edges.map((edge) => edge.node)) as never, // as: the page has entries of `node`
        }),
      }),
    },
    { name: `${name}Edge`, description: entry },
  );
}
