import { millisecondsOf } from '../instants.ts';

/** A row of a page, with the text that its rows are ordered by. */
export interface KeyedRow {
  readonly key: string;
}

/** How the entities of one kind are read. */
export interface Exported<Input> {
  /** `$1`: the key before the page; `$2`: how many. */
  readonly select: string;
  /** The entity of a row. */
  readonly input: (row: KeyedRow) => Input;
}

/** `select` gives rows of the type that `input` takes. */
export function exported<Input>(select: string, input: (row: never) => Input): Exported<Input> {
  // as: only its author knows what a statement gives
  return { select, input: (row) => input(row as never) };
}

/** Entities of IAM, which are read for an export, or by their ids. */
export interface ExportedEntities<Input> extends Exported<Input> {
  /** `$1`: ids. */
  readonly selectByIds: string;
}

/** As `exported`, for a table with ids and ARNs. `columns` are those of a row `e`. */
export function exportedEntities<Input>(
  table: string,
  columns: string,
  input: (row: never) => Input,
): ExportedEntities<Input> {
  const selectFrom = (rows: string): string => `SELECT ${columns} FROM ${rows} ORDER BY e.arn`;
  const byIds = `(SELECT * FROM "${table}" WHERE id = ANY($1::text[])) e`;
  return { ...exported(selectFrom(pageOf(table)), input), selectByIds: selectFrom(byIds) };
}

/** One page of a table, in the order of an index of it. */
export function pageOf(table: string, column: 'arn' | 'id' | 'prefix' = 'arn'): string {
  return `(SELECT * FROM "${table}" WHERE "${column}" > $1 ORDER BY "${column}" LIMIT $2) e`;
}

export const CREATED = `${millisecondsOf('e."createdAt"')} AS "createdAt"`;

/** A list as JSON, in an order that does not depend on the database's language. */
export function listOf(value: string, order: string, from: string): string {
  return `(SELECT coalesce(json_agg(${value} ORDER BY ${order} COLLATE "C"), '[]') FROM ${from})`;
}

/**
 * A value of the row that another one names. No join: PGlite gathers no statistics, and reads the whole other table for each
 * row when it guesses badly.
 */
export function named(column: string, table: string, key: string, reference: string): string {
  return `(SELECT n.${column} FROM "${table}" n WHERE n.${key} = ${reference})`;
}

export function textOf(reference: string): string {
  return named('text', 'PolicyDocument', 'hash', reference);
}

/** ARNs as JSON. `rows` gives them as `arn`. */
export function arnsOf(rows: string): string {
  return listOf('a.arn', 'a.arn', `(SELECT ${rows}) a`);
}

export function withoutKey<Row extends KeyedRow>(row: Row): Omit<Row, 'key'> {
  const { key, ...rest } = row;
  void key;
  return rest;
}
