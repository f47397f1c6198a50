import { Parameters } from '../parameters.ts';
import type { Sql } from '../prisma/database.ts';
import { storable } from '../storable.ts';
import type { Keyed, ListPage } from './iam-store.ts';

/** A list of what belongs to one entity, or to one account. */
interface ListSource {
  readonly columns: string;
  /** What stands behind FROM. The entries are `e`. */
  readonly from: string;
  /** Which entries; with the parameters that `given` adds. */
  readonly where: (given: Parameters) => readonly string[];
  /** The expression that the list is in the order of: a text that no other entry has. */
  readonly key: string;
}

/** One page of a list. It begins behind a key, whether an entry has it or not. */
export function readList<Row>(
  sql: Sql,
  { columns, from, where, key }: ListSource,
  { after, limit }: ListPage,
): Promise<readonly Keyed<Row>[]> {
  const given = new Parameters();
  const conditions = [...where(given)];
  if (after !== null) conditions.push(`${key} > ${given.add(storable(after))}::text`);
  const text = `SELECT ${key} AS key, ${columns} FROM ${from}
    WHERE ${conditions.join(' AND ')} ORDER BY ${key} LIMIT ${given.add(limit)}`;
  return sql.query<Keyed<Row>>(text, given.values);
}

/** Whether a path begins like this. `%` and `_` are themselves. */
export function beginsWith(column: string, path: string, given: Parameters): string {
  return `starts_with(${column}, ${given.add(storable(path))}::text)`;
}
