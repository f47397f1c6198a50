/** `source`: SQL. */
export function copyStatement(table: string, columns: readonly string[], source: string): string {
  return `COPY "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) FROM ${source}`;
}

const SPECIAL = /[\\\n\r\t]/;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A value as a column of a line. What is no text is written as JSON, numbers and truth values too. */
function columnOf(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return SPECIAL.test(text) ? text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character) : text;
}

/** https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS-TEXT */
export function copyLine(row: Readonly<Record<string, unknown>>, columns: readonly string[]): string {
  // Joined texts are made at once; those that grow are put together when they are sent, which takes longer.
  return `${columns.map((column) => columnOf(row[column])).join('\t')}\n`;
}
