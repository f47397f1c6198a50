import type { ObjectRef } from '@pothos/core';
import { builder } from './builder.ts';
import { countField } from './count-field.ts';

interface ConnectionWords {
  /** What a page holds. */
  readonly page: string;
  /** What one entry is. */
  readonly entry: string;
}

type Ref<T> = ObjectRef<typeof builder.$inferSchemaTypes, T>;

/**
 * Defines `<name>Connection` and `<name>Edge` over entries that are read from a table. There is one for each noun, whichever
 * field lists it, so that clients can share fragments on it.
 */
export function tableConnection<T>(name: string, node: Ref<T>, { page, entry }: ConnectionWords) {
  return builder.connectionObject(
    { type: node, name: `${name}Connection`, description: page, fields: countField },
    { name: `${name}Edge`, description: entry },
  );
}
