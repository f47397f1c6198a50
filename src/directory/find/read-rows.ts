import { millisecondsOf } from '../instants.ts';
import type { Database } from '../prisma/database.ts';

/** A column, by the type of its field. */
export interface Column {
  readonly name: string;
  readonly isInstant: boolean;
}

/** Rows of a table, by the values of a column that is unique. Names are those of the models, never given by a client. */
export interface WantedRows {
  readonly table: string;
  readonly by: string;
  readonly values: readonly string[];
  /** With the column that they are found by. */
  readonly columns: readonly Column[];
}

export type Row = Readonly<Record<string, unknown>>;

/** The rows that are there, in any order, as Prisma's client reads them: it takes several times as long. */
export async function readRows(
  database: Database,
  { table, by, values, columns }: WantedRows,
): Promise<readonly Row[]> {
  const selected = columns.map(({ name, isInstant }) => {
    const column = `e."${name}"`;
    return isInstant ? `${millisecondsOf(column)} AS "${name}"` : column;
  });
  const text = `SELECT ${selected.join(', ')} FROM "${table}" e WHERE e."${by}" = ANY($1::text[])`;
  const rows: Record<string, unknown>[] = [];
  for (let from = 0; from < values.length; from += database.batch) {
    rows.push(...(await database.query<Record<string, unknown>>(text, [values.slice(from, from + database.batch)])));
  }
  for (const { name, isInstant } of columns) {
    if (!isInstant) continue;
    for (const row of rows) {
      const at = row[name];
      if (typeof at === 'number') row[name] = new Date(at);
    }
  }
  return rows;
}
