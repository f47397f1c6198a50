/**
 * Work that is done step by step: after each step it says how much that was, in comparisons of patterns or texts, and whoever
 * runs it decides whether to go on at once, to let others have their turn first, or to give up. So the pure rooms neither wait
 * nor know a clock.
 */
export type Steps<T> = Generator<number, T, void>;

/** Runs all steps without a pause. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What `make` makes of each item, one step each. */
export function* eachInSteps<T, R>(items: readonly T[], make: (item: T, index: number) => R): Steps<R[]> {
  const made: R[] = [];
  for (const [index, item] of items.entries()) {
    made.push(make(item, index));
    yield 1;
  }
  return made;
}

/** Comparisons after which a loop makes a step: some tenths of a millisecond. */
export const ONE_STEP = 256;
