import { CommandFailed } from '../failure.ts';
import { type Data, isObject } from '../gateway-answer.ts';
import { plain } from '../plain.ts';
import { Table } from '../report/table.ts';
import type { Part } from './question.ts';

/** Characters that are shown of a name: the longest ARN has as many. */
export const LONGEST_NAME = 2_048;

/** A name, fit for a terminal. */
export function named(name: unknown): string {
  return plain(String(name), LONGEST_NAME);
}

/** A table whose cells are names. */
export function tableOfNames(): Table {
  return new Table(LONGEST_NAME);
}

/** What the answer leaves out, one line each. */
export function gapLines(gaps: readonly string[]): string {
  return gaps.map((gap) => `not known: ${named(gap)}\n`).join('');
}

/** The line behind a list that `--first` has cut off. */
export function moreLine({ more }: Part): string {
  return more ? 'there are more: --first says how many are listed\n' : '';
}

/** The member of the data that the document asks for. Throws CommandFailed. */
export function memberOf(data: Data, name: string): Data {
  const value = data[name];
  if (!isObject(value)) throw new CommandFailed('the answer is empty');
  return value;
}
