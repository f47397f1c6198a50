/** An input value of the schema as the rooms below expect it: fields not given, or given as null, are left out. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null)) as Given<T>; // as: entries lose the keys' types
}
