/** More actions than AWS has: numbers are never taken away. */
const MOST = 65_536;

const numbers = new Map<string, number>();

/** Gives the action of the catalogue a number, so that plans are found without comparing names. */
export function numberAction(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  if (numbers.size >= MOST) return -1;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

/** The number that an action of this name has; -1: it has none. */
export function actionNumber(name: string): number {
  return numbers.get(name) ?? -1;
}
