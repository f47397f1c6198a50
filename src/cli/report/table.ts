import { plain } from '../plain.ts';

/**
 * Rows in columns as wide as their widest cell, the last one as long as it is; each row ends its line. Cells are made fit for a
 * terminal.
 */
export function table(rows: readonly (readonly string[])[]): string {
  return new Table().lines(rows);
}

/** A table whose rows come in parts: columns stay as wide as they have become. */
export class Table {
  readonly #widths: number[] = [];
  readonly #longest: number | undefined;

  /** `longest`: characters that are shown of a cell; left out: those of a message. */
  constructor(longest?: number) {
    this.#longest = longest;
  }

  lines(rows: readonly (readonly string[])[]): string {
    const widths = this.#widths;
    const cells = rows.map((row) => row.map((cell) => plain(cell, this.#longest)));
    for (const row of cells) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
    return cells
      .map(
        (row) =>
          `${row
            .map((cell, i) => cell.padEnd(widths[i] ?? 0))
            .join('  ')
            .trimEnd()}\n`,
      )
      .join('');
  }
}
