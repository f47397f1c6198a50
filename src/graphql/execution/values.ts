import type { GraphQLLeafType } from 'graphql';

/** The value of a leaf in the answer. Throws where it is none. */
export function serialized({ type }: { readonly type: GraphQLLeafType }, value: unknown): unknown {
  const written: unknown = type.serialize(value);
  if (written == null) throw new Error(`Expected ${type.name} to serialize to a value, returned: ${String(written)}`);
  return written;
}

/** The same for a simple value; undefined: it is none, or fails. */
export function simpleOf(leaf: { readonly type: GraphQLLeafType }, value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    return serialized(leaf, value);
  } catch {
    return undefined;
  }
}

/** The object with its promises resolved, in as many turns as graphql-js takes. */
export async function allOf(results: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const values = await Promise.all(Object.values(results));
  const resolved: Record<string, unknown> = {};
  for (const [index, key] of Object.keys(results).entries()) resolved[key] = values[index];
  return resolved;
}

/** For a promise whose failure is looked at later: until then nobody would handle it, which ends the process. */
export function failsLater(value: unknown): void {
  if (isPromise(value)) value.then(undefined, ignore);
}

const ignore = (): void => undefined;

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Promise<unknown>>).then === 'function';
}
