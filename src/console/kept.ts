/** What the browser keeps between visits: preferences and names, never a secret. A browser that keeps nothing does as well. */
export function kept<T>(name: string, otherwise: T, isValid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`rolegate-console:${name}`) ?? 'null');
    return isValid(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(`rolegate-console:${name}`, JSON.stringify(value));
  } catch {
    // A full or forbidden storage: it is a convenience.
  }
}

/** The list with `entry` first, once, and no longer than `most`. */
export function recent<T>(list: readonly T[], entry: T, isSame: (a: T, b: T) => boolean, most = 5): readonly T[] {
  return [entry, ...list.filter((each) => !isSame(each, entry))].slice(0, most);
}
