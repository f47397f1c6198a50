/** SQL for a timestamp in milliseconds since 1970, as records have their instants: drivers read a timestamp each in its own way. */
export function millisecondsOf(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}

/** An instant, in milliseconds since 1970, as what stands for `$1::text::timestamp(3)`. */
export function toIso(at: number): string {
  return new Date(at).toISOString();
}
