import type { SqlParameter } from './prisma/database.ts';

/** A statement with the values of `$1`, `$2` … */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly SqlParameter[];
}

/** The parameters of a statement, with their places in its text. */
export class Parameters {
  readonly values: SqlParameter[] = [];

  add(value: SqlParameter): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
