import type { InterfaceRef, ObjectRef } from '@pothos/core';
import { builder } from './builder.ts';
import { countField } from './count-field.ts';

interface ConnectionWords {
  /** Description of a page. */
  readonly page: string;
  /** Description of an entry. */
  readonly entry: string;
}

type SchemaTypes = typeof builder.$inferSchemaTypes;
type Ref<T> = InterfaceRef<SchemaTypes, T> | ObjectRef<SchemaTypes, T>;

/**
 * Defines `<name>Connection` and `<name>Edge` over entries that are read from a table. Each noun has one, whichever field
 * lists it, so that clients can share fragments on it.
 */
export function tableConnection<T>(name: string, node: Ref<T>, { page, entry }: ConnectionWords) {
  return builder.connectionObject(
    { type: node, name: `${name}Connection`, description: page, fields: countField },
    { name: `${name}Edge`, description: entry },
  );
}
