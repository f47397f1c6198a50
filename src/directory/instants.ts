/** SQL for a timestamp in milliseconds since 1970, the form of instants in records: each driver reads a timestamp differently. */
export function millisecondsOf(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}

/** An instant in milliseconds since 1970, as the value for `$1::text::timestamp(3)`. */
export function toIso(at: number): string {
  return new Date(at).toISOString();
}
