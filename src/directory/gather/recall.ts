import type { Sql } from '../prisma/database.ts';
import type { Entry, Memory } from './memory.ts';

/**
 * A value that one statement reads, kept as long as it is true. A statement may run ahead of the memory's revision: the
 * change that it has seen drops the value when the memory gets there.
 */
export async function recall<T>(
  memory: Memory,
  sql: Sql,
  key: string,
  read: (sql: Sql) => Promise<Entry<T>>,
): Promise<T> {
  const known = memory.get(key);
  // The key names the kind of its value.
  if (known !== undefined) return known.value as T;
  const revision = memory.revision;
  const entry = await read(sql);
  if (memory.revision === revision) memory.put(key, entry);
  return entry.value;
}
