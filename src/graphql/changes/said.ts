type LeftOut<T> = { [Key in keyof T]-?: null extends T[Key] ? Key : undefined extends T[Key] ? Key : never }[keyof T];

/** An input of which what may be null or left out is there or not. */
type Said<T> = Omit<T, LeftOut<T>> & { readonly [Key in LeftOut<T>]?: NonNullable<T[Key]> };

/** The input without what is null: in inputs, null says the same as leaving out. */
export function said<T extends object>(input: T): Said<T> {
  // as: nothing that is null is left
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as Said<T>;
}
