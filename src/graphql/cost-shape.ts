type Values = Readonly<Record<string, unknown>>;

/**
 * Everything of a caller and of variables that the cost of an operation can depend on: whether they are there, numbers, the
 * lengths of lists and of the list of requests in an input (`costOfField` reads no more). Two requests of one operation with
 * the same shape have the same cost.
 */
export function costShape(caller: string, variables: Values): string {
  let shape = caller;
  for (const name in variables) shape += `,${name}:${shapeOf(variables[name])}`;
  return shape;
}

function shapeOf(value: unknown): string {
  if (value == null) return 'null';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value !== 'object') return typeof value;
  const { requests } = value as { readonly requests?: unknown }; // as: an object
  return Array.isArray(requests) ? `{${requests.length}}` : '{}';
}
